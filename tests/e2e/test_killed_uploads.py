"""A large file on its way while the server is killed: no byte that was acknowledged is lost, none is doubled."""

import base64
import threading
from random import Random

from house import Client, House

TUS = {"Tus-Resumable": "1.0.0"}
PIECES = TUS | {"Content-Type": "application/offset+octet-stream"}
PIECE = 3_000_000
LABELS = [{"name": "car", "attributes": []}]


def test_no_acknowledged_byte_is_lost_when_the_server_is_killed(tmp_path):
    content = Random(6).randbytes(60_000_000)
    house = House(tmp_path / "house", workers=1)
    house.start()
    client = Client(house).sign_in()
    task = client.send("POST", "/tasks", json={"name": "large", "labels": LABELS}).json()["id"]
    name = base64.b64encode(b"clip.mp4").decode()
    headers = TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}
    made = client.try_once("POST", f"/tasks/{task}/uploads", headers=headers)
    address = f"/tasks/{task}/{made.headers['location']}"
    killer = threading.Timer(0.05, house.kill)
    killer.start()
    acknowledged = send_on(client, address, content, 0)
    killer.join()
    house.start()
    assert acknowledged <= ask(client, address) < len(content)
    assert send_on(client, address, content, ask(client, address)) == len(content)
    kept = house.folder / "data" / "blobs" / "tasks" / str(task) / "sent" / address.rsplit("/", 1)[1]
    assert kept.read_bytes() == content
    assert house.stop() == 0


def ask(client, address):
    return int(client.send("HEAD", address).headers["upload-offset"])


def send_on(client, address, content, offset):
    """Send the file from `offset` on until an answer fails to come or it is whole; how far it was acknowledged."""
    while offset < len(content):
        headers = PIECES | {"Upload-Offset": str(offset)}
        answer = client.try_once("PATCH", address, headers=headers, content=content[offset : offset + PIECE])
        if answer is None:
            break
        assert answer.status_code == 204, answer.text
        offset = int(answer.headers["upload-offset"])
    return offset
