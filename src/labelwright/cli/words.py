"""What the console says, in English and Chinese: one table, and the language the environment asks for."""

import os
from collections.abc import Mapping

from labelwright import languages

#: Key -> (English, Chinese). What stands in braces is the same in both.
SENTENCES: dict[str, tuple[str, str]] = {
    # up
    "task": ('task {id} "{name}": {count} images', "任务 {id} “{name}”：{count} 张图片"),
    "task with new": (
        'task {id} "{name}": {count} images, {new} of them new',
        "任务 {id} “{name}”：{count} 张图片，其中 {new} 张为新增",
    ),
    "task of file": ('task {id} "{name}": frames of {file}', "任务 {id} “{name}”：{file} 的帧"),
    "task of frames": ('task {id} "{name}": {count} frames', "任务 {id} “{name}”：{count} 帧"),
    "left out": (
        "Not in this task: {names}. Each can have one of its own: {command}",
        "未加入此任务：{names}。可为其单独建立任务：{command}",
    ),
    "new images": (
        "New images in {folder}: {new}. To add them to the task: {command}",
        "{folder} 中有 {new} 张新图片。将它们加入任务：{command}",
    ),
    "address": ("Open this address; it signs you in, once:", "请打开此地址；它会让您登录一次："),
    "serving": ("Labelwright answers at {address}", "Labelwright 的地址：{address}"),
    "stop with": (
        "Your data lies in {data}. Ctrl-C stops the server.",
        "您的数据保存在 {data}。按 Ctrl-C 停止服务。",
    ),
    "task failed": (
        "the files of task {id} could not be read: {reason}",
        "无法读取任务 {id} 的文件：{reason}",
    ),
    "no sample": (
        "No sample photographs: install `labelwright[sample]`, or open pictures of your own: labelwright up PATH",
        "没有示例照片：请安装 `labelwright[sample]`，或打开您自己的图片或视频：labelwright up 路径",
    ),
    "open to network": (
        "{host} is open to the network: plain http there can be read and changed on its way, passwords too. "
        "Put a server that speaks https before it, or listen on 127.0.0.1.",
        "{host} 对网络开放：明文 http 可被窃取和篡改，包括密码。请在前面部署 https 服务器，或仅监听 127.0.0.1。",
    ),
    "port taken": (
        "port {port} is taken; choose another with --port, or --port 0 for a free one",
        "端口 {port} 已被占用；请用 --port 选择其他端口，或用 --port 0 自动选择空闲端口",
    ),
    "port forbidden": (
        "port {port} needs more rights than you have; choose one above 1023 with --port",
        "您没有权限使用端口 {port}；请用 --port 选择大于 1023 的端口",
    ),
    "no such host": (
        "{host} is no address of this machine; choose another with --host",
        "{host} 不是本机的地址；请用 --host 选择其他地址",
    ),
    "running": (
        "Labelwright already runs on {data} (process {pid}); stop it first, or give another folder with --data",
        "Labelwright 已在使用 {data}（进程 {pid}）；请先停止它，或用 --data 指定其他文件夹",
    ),
    "running at": (
        "Labelwright already runs on {data} (process {pid}); this address signs you in there, once: {address}",
        "Labelwright 已在使用 {data}（进程 {pid}）；此地址可让您在那里登录一次：{address}",
    ),
    "nothing there": ("{path} is no folder and no file", "{path} 既不是文件夹也不是文件"),
    "no data folder": (
        "the data folder {data} cannot be used: {reason}",
        "数据文件夹 {data} 无法使用：{reason}",
    ),
    # user
    "user made": ("user {name} is made", "已创建用户 {name}"),
    "user moved": (
        "what {name} had is {other}'s of the platform now, and the account is deleted",
        "{name} 的全部工作已转给平台用户 {other}，该账号已删除",
    ),
    "password set": (
        "the password of {name} is set, and their sessions have ended",
        "已设置 {name} 的密码，其会话均已结束",
    ),
    "password": ("Password of {name}: ", "{name} 的密码："),
    "password again": ("Once more: ", "再次输入："),
    "passwords differ": ("the two passwords are not the same", "两次输入的密码不一致"),
    "no terminal": (
        "there is no terminal to ask for the password: give it with --password-stdin",
        "没有可用于询问密码的终端：请使用 --password-stdin",
    ),
    "users": ("id\tname\troles\trights\tlast signed in", "编号\t用户名\t角色\t权限\t上次登录"),
    "never": ("never", "从未"),
    "superuser": ("superuser", "超级用户"),
    "switched off": ("switched off", "已停用"),
    # verify
    "frame wrong": ("frame {frame} ({name}): {reason}", "第 {frame} 帧（{name}）：{reason}"),
    "pictures spare": (
        "{count} pictures of the video are no frames of it",
        "视频中有 {count} 个画面不属于任何帧",
    ),
    "task verified": (
        'task {id} "{name}": each of its {count} frames is the frame of its file',
        "任务 {id} “{name}”：{count} 帧全部与文件一致",
    ),
    "task not verified": (
        'task {id} "{name}": {wrong} of its {count} frames are not those of its files',
        "任务 {id} “{name}”：{count} 帧中有 {wrong} 帧与文件不一致",
    ),
    # doctor
    "doctor versions": ("Versions", "版本"),
    "doctor packages": ("Packages", "软件包"),
    "doctor extras": ("Extras", "可选部分"),
    "doctor places": ("Data", "数据"),
    "doctor settings": ("Settings", "设置"),
    "ok": ("ok", "正常"),
    "missing": ("missing", "缺少"),
    "broken": ("broken", "损坏"),
    "all well": ("Everything needed is there.", "所需的一切均已就绪。"),
    "not well": (
        "{count} things that are needed are broken: see above.",
        "{count} 项必需内容有问题：请见上文。",
    ),
    "from environment": ("environment", "环境变量"),
    "from command line": ("command line", "命令行"),
    "from default": ("default", "默认"),
}


def is_chinese(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX, 8.2) asks for Chinese."""
    environ = os.environ if environ is None else environ
    asked = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return asked.lower().startswith("zh")


def in_words(sentence: str) -> str:
    """Return a sentence of the server's in the console's language."""
    return languages.say(sentence, "zh-CN" if is_chinese() else "en")


def say(key: str, **values: object) -> str:
    """Return the sentence `key` in the console's language, its braces filled."""
    english, chinese = SENTENCES[key]
    return (chinese if is_chinese() else english).format(**values)
