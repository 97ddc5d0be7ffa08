/** The files of a new task: which become frames, under which name, and what is wrong with the others. */

/** A file as it was found; `path` has the folders it lay in. */
export interface Found {
  readonly file: File;
  readonly path: string;
}

/** Why a file is left out: a text of the dictionary, without `files.problem.`. */
export type FileProblem =
  | "not-image"
  | "video"
  | "archive"
  | "pdf"
  | "pointcloud"
  | "empty"
  | "disguised"
  | "unreadable"
  | "refused";

export interface Chosen extends Found {
  readonly problem: FileProblem | undefined;
}

// As `media/kinds.py` has them: the server decides by the same endings.
const IMAGE =
  "jpg jpeg jpe jfif pjpeg pjp jp2 jpf jpx png apng bmp gif tif tiff webp avif heic heif ppm pgm pbm pnm tga vda icb vst " +
  "tpic psd ico cur exr hdr pic dds sgi rgb ras sun xbm xpm xwd pcx pct pict qif qtif iff ilbm lbm fits dng cr2 crw nef " +
  "orf raf rw2 raw arw sr2 srf pef x3f mrw kdc k25 dcr erf mdc mos bay cs1 cs2 fff hrd pnx rdc bmq emf wmf eps epsf epsi " +
  "djv djvu cgm dwg dxf fig sk sk1 xcf icns wbmp jng rp ag ief ora lwo lwob lws msod mdi g3 3ds pntg";
const VIDEO =
  "mp4 m4v f4v lrv mov qt qtvr moov avi divx avf mkv mk3d webm wmv wmp mpg mpeg mpe mp2 vob vdr ts mts m2ts m2t mpl mpls " +
  "bdm bdmv clpi cpi 3gp 3gpp 3ga 3g2 3gp2 3gpp2 flv fli flc ogv ogg ogm axv dv mxf nsv rv rvx viv vivo movie mng mxu " +
  "m4u m1u fxm";
const ARCHIVE = "zip tar gtar tgz tbz tbz2 txz tlz rar 7z gz bz2 cpio";

const KINDS = new Map<string, FileProblem | undefined>([
  ...IMAGE.split(" ").map((ending) => [ending, undefined] as const),
  ...VIDEO.split(" ").map((ending) => [ending, "video"] as const),
  ...ARCHIVE.split(" ").map((ending) => [ending, "archive"] as const),
  ["pdf", "pdf"],
  ["pcd", "pointcloud"],
  ["bin", "pointcloud"],
]);

/** What the name alone says against the file called `name`; undefined for an image. */
export function problemOfName(name: string): FileProblem | undefined {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return KINDS.has(ending) ? KINDS.get(ending) : "not-image";
}

/** What is taken of the files found. */
export interface Taking {
  /** What the name alone says against a file; undefined for one that is taken. */
  readonly problemOf: (name: string) => FileProblem | undefined;
  /** For the browser's picker of files. */
  readonly accept: string;
}

export const IMAGES: Taking = { problemOf: problemOfName, accept: "image/*" };

/** Files that systems put into folders and nobody chose. */
export function isHidden(path: string): boolean {
  return /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i.test(path);
}

/** `chosen` and those of `found` that are not among them; the same file twice is one. */
export function addFiles(
  chosen: readonly Chosen[],
  found: readonly Found[],
  { problemOf }: Taking = IMAGES,
): readonly Chosen[] {
  const known = new Set(chosen.map(identityOf));
  const fresh: Chosen[] = [];
  for (const each of found) {
    const identity = identityOf(each);
    if (isHidden(each.path) || known.has(identity)) continue;
    known.add(identity);
    const problem = problemOf(each.file.name) ?? (each.file.size === 0 ? "empty" : undefined);
    fresh.push({ ...each, problem });
  }
  return [...chosen, ...fresh];
}

function identityOf({ file, path }: Found): string {
  return `${path}\n${file.size}\n${file.lastModified}`;
}

export interface Named {
  readonly file: File;
  /** What the frame will be called. */
  readonly name: string;
}

/**
 * The name of each file on the server, which drops folders and refuses equal names: files that share a name are
 * called by their folders too, `left/1.jpg` as `left_1.jpg`, and numbered if that does not part them.
 */
export function nameFiles(files: readonly Found[]): readonly Named[] {
  const counts = new Map<string, number>();
  for (const { file } of files) counts.set(file.name, (counts.get(file.name) ?? 0) + 1);
  const taken = new Set([...counts].filter(([, count]) => count === 1).map(([name]) => name));
  return files.map(({ file, path }) => {
    if (counts.get(file.name) === 1) return { file, name: file.name };
    const long = path.replaceAll("/", "_");
    const dot = long.lastIndexOf(".");
    let name = long;
    for (let number = 2; taken.has(name); number += 1)
      name = `${long.slice(0, dot)}_${number}${long.slice(dot)}`;
    taken.add(name);
    return { file, name };
  });
}

/** The folder all files lie in, a good first name for what is made of them; "" if there is none. */
export function folderOf(files: readonly Pick<Found, "path">[]): string {
  const folders = new Set(files.map(({ path }) => (path.includes("/") ? path.split("/")[0] : "")));
  const [only] = folders;
  return folders.size === 1 ? (only ?? "") : "";
}

/** How many files must be called otherwise than they are. */
export function renamedCount(named: readonly Named[]): number {
  return named.filter(({ file, name }) => file.name !== name).length;
}

/** `files` in the order of their frames: by `named`, their names on the server, not by numbers in them. */
export function inFrameOrder<File extends Found>(
  files: readonly File[],
  named: readonly Named[],
): readonly File[] {
  const byName = files.map((file, index) => ({ file, name: named[index]?.name ?? "" }));
  return byName.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ file }) => file);
}

/** The file that a sentence of the server's names, if it is one of these; the longest name wins. */
export function fileNamedIn(sentence: string, named: readonly Named[]): Named | undefined {
  let best: Named | undefined;
  for (const each of named)
    if (sentence.includes(each.name) && each.name.length > (best?.name.length ?? 0)) best = each;
  return best;
}

/** Whether the first bytes of a file called `name` are those of an image, of whatever kind; unknown kinds pass. */
export function looksLikeImage(name: string, head: Uint8Array): boolean {
  if (!/\.(jpe?g|png|gif|bmp|webp|tiff?)$/i.test(name)) return true;
  const text = String.fromCharCode(...head);
  return (
    text.startsWith("\xff\xd8\xff") ||
    text.startsWith("\x89PNG") ||
    text.startsWith("GIF8") ||
    text.startsWith("BM") ||
    text.startsWith("II*\0") ||
    text.startsWith("MM\0*") ||
    text.startsWith("II+\0") ||
    text.startsWith("MM\0+") ||
    (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") ||
    text.slice(4, 8) === "ftyp" ||
    text.startsWith("\0\0\0\x0cjP")
  );
}
