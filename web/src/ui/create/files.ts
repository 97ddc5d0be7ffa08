/** The files of a new task: what frames can be made of, under which names, and what is wrong with the others. */

/** A file that was sent before: its bytes are at the server. */
export class EarlierFile {
  readonly lastModified = 0;

  constructor(
    readonly name: string,
    readonly size: number,
  ) {}
}

/** A file as it was found; `path` has the folders it lay in. */
export interface Found {
  readonly file: File | EarlierFile;
  readonly path: string;
}

/** What frames are made of: many images, or one of the others. */
export type MediaKind = "image" | "video" | "archive" | "pdf";

/** Why a file is left out: a text of the dictionary, without `files.problem.`. */
export type FileProblem =
  | "not-image"
  | "video"
  | "archive"
  | "pdf"
  | "pointcloud"
  | "heic"
  | "raw"
  | "drawing"
  | "packed"
  | "empty"
  | "disguised"
  | "unreadable"
  | "known"
  | "refused";

/** Problems that people can mend, as the texts `files.advice.` tell. */
export const MENDABLE = ["heic", "raw", "drawing", "packed"] as const satisfies readonly FileProblem[];

export interface Chosen extends Found {
  readonly problem: FileProblem | undefined;
}

// As `media/kinds.py` has them: the server decides by the same endings.
const IMAGE =
  "jpg jpeg jpe jfif pjpeg pjp jp2 jpf jpx png apng bmp gif tif tiff webp avif ppm pgm pbm pnm tga vda icb vst " +
  "tpic psd ico cur exr hdr pic dds sgi rgb ras sun xbm xpm xwd pcx pct pict qif qtif iff ilbm lbm fits cs1 cs2 " +
  "emf wmf eps epsf epsi djv djvu cgm dwg dxf fig sk sk1 xcf icns wbmp jng rp ag ief ora lwo lwob lws msod mdi g3 3ds pntg";
const RAW =
  "dng cr2 crw nef orf raf rw2 raw arw sr2 srf pef x3f mrw kdc k25 dcr erf mdc mos bay fff hrd pnx rdc bmq cr3";
const VIDEO =
  "mp4 m4v f4v lrv mov qt qtvr moov avi divx avf mkv mk3d webm wmv wmp mpg mpeg mpe mp2 vob vdr ts mts m2ts m2t mpl mpls " +
  "bdm bdmv clpi cpi 3gp 3gpp 3ga 3g2 3gp2 3gpp2 flv fli flc ogv ogg ogm axv dv mxf nsv rv rvx viv vivo movie mng mxu " +
  "m4u m1u fxm";
const ARCHIVE = "zip tar gtar tgz tbz tbz2 txz";
const PACKED = "rar 7z gz bz2 cpio tlz";

const named = <Value>(endings: string, value: Value): (readonly [string, Value])[] =>
  endings.split(" ").map((ending) => [ending, value] as const);

const KINDS: ReadonlyMap<string, MediaKind> = new Map([
  ...named(IMAGE, "image" as const),
  ...named(VIDEO, "video" as const),
  ...named(ARCHIVE, "archive" as const),
  ["pdf", "pdf"],
]);
const PROBLEMS: ReadonlyMap<string, FileProblem> = new Map([
  ...named(RAW, "raw" as const),
  ...named("heic heif", "heic" as const),
  ...named("svg svgz", "drawing" as const),
  ...named(PACKED, "packed" as const),
  ...named("pcd bin", "pointcloud" as const),
]);
/** Endings of packed tars: by the last part alone they would be packed files of one. */
const PACKED_TAR = /\.tar\.(gz|bz2|xz)$/i;

/** What the file called `name` is; undefined for what no frames are made of. */
export function kindOf(name: string): MediaKind | undefined {
  if (PACKED_TAR.test(name)) return "archive";
  return KINDS.get(endingOf(name));
}

function endingOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
}

/** What the name alone says against the file called `name`; undefined for what frames are made of. */
export function problemOfName(name: string): FileProblem | undefined {
  return kindOf(name) === undefined ? (PROBLEMS.get(endingOf(name)) ?? "not-image") : undefined;
}

/** As `problemOfName`, where images alone are taken. */
export function problemOfImage(name: string): FileProblem | undefined {
  const kind = kindOf(name);
  return kind === undefined || kind === "image" ? problemOfName(name) : kind;
}

/** What is taken of the files found. */
export interface Taking {
  /** What the name alone says against a file; undefined for one that is taken. */
  readonly problemOf: (name: string) => FileProblem | undefined;
  /** For the browser's picker of files. */
  readonly accept: string;
}

export const MEDIA: Taking = {
  problemOf: problemOfName,
  accept: "image/*,video/*,application/pdf,.zip,.tar,.tgz,.gz,.bz2,.xz,.mkv,.avi,.ts",
};

/** Files that systems put into folders and nobody chose. */
export function isHidden(path: string): boolean {
  return /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i.test(path);
}

/** `chosen` and those of `found` that are not among them; the same file twice is one, one that was sent before too. */
export function addFiles(
  chosen: readonly Chosen[],
  found: readonly Found[],
  { problemOf }: Taking = MEDIA,
): readonly Chosen[] {
  const known = new Set(chosen.map(identityOf));
  const earlier = new Set(chosen.filter(({ file }) => file instanceof EarlierFile).map(sentAs));
  const above = aboveEarlier(found, earlier);
  const fresh: Chosen[] = [];
  for (const { file, path: foundPath } of found) {
    const path = foundPath.startsWith(above) ? foundPath.slice(above.length) : foundPath;
    const identity = identityOf({ file, path });
    if (isHidden(foundPath) || known.has(identity) || earlier.has(sentAs({ file, path }))) continue;
    known.add(identity);
    const problem = problemOf(file.name) ?? (file.size === 0 ? "empty" : undefined);
    fresh.push({ file, path, problem });
  }
  return [...chosen, ...fresh];
}

const sentAs = ({ file, path }: Found): string => `${path}\n${file.size}`;

/** The folders above those that were sent before: what is found beside those is called as they are. */
function aboveEarlier(found: readonly Found[], earlier: ReadonlySet<string>): string {
  if (earlier.size === 0) return "";
  for (const { file, path } of found)
    for (let start = 0; start !== -1; ) {
      const rest = path.slice(start);
      if (earlier.has(sentAs({ file, path: rest }))) return path.slice(0, start);
      const slash = path.indexOf("/", start);
      start = slash === -1 ? -1 : slash + 1;
    }
  return "";
}

function identityOf({ file, path }: Found): string {
  return `${path}\n${file.size}\n${file.lastModified}`;
}

export interface Named {
  readonly file: File | EarlierFile;
  /** What the frame will be called. */
  readonly name: string;
}

/**
 * The name of each file on the server: its path as it was found, without the one folder that all lie in. Of two at one
 * path the second is numbered.
 */
export function nameFiles(files: readonly Found[]): readonly Named[] {
  const above = folderOf(files);
  const skipped = above === "" ? 0 : above.length + 1;
  const taken = new Set<string>();
  return files.map(({ file, path }) => {
    const place = path.slice(skipped);
    const dot = /\.[^./]*$/.exec(place)?.index ?? place.length;
    let name = place;
    for (let number = 2; taken.has(name); number += 1)
      name = `${place.slice(0, dot)}_${number}${place.slice(dot)}`;
    taken.add(name);
    return { file, name };
  });
}

/** What one task can be made of: its images, or one file of another kind. */
export interface Group<Each extends Found = Chosen> {
  /** Tells it from the others. */
  readonly id: string;
  readonly kind: MediaKind;
  readonly files: readonly Each[];
}

/** `files` by what one task can be made of: images together, first, and each other file alone. */
export function groupsOf<Each extends Found>(files: readonly Each[]): readonly Group<Each>[] {
  const images = files.filter(({ file }) => kindOf(file.name) === "image");
  const others = files.flatMap((each): readonly Group<Each>[] => {
    const kind = kindOf(each.file.name);
    return kind === undefined || kind === "image" ? [] : [{ id: each.path, kind, files: [each] }];
  });
  return images.length > 0 ? [{ id: "", kind: "image", files: images }, ...others] : others;
}

/** The folder all files lie in, a good first name for what is made of them; "" if there is none. */
export function folderOf(files: readonly Pick<Found, "path">[]): string {
  const folders = new Set(files.map(({ path }) => (path.includes("/") ? path.split("/")[0] : "")));
  const [only] = folders;
  return folders.size === 1 ? (only ?? "") : "";
}

/** What `files` are to those who chose them: the outermost folders and the files beside, in the order of frames. */
export function titlesOf(files: readonly Pick<Found, "path">[]): readonly string[] {
  const outermost = new Set(files.map(({ path }) => path.replace(/\/.*$/s, "/")));
  const titles = [...outermost].sort().map((name) => name.replace(/\/$|(\.tar)?\.[^./]+$/i, ""));
  return [...new Set(titles)];
}

/** How many files are numbered because others have their names. */
export function renamedCount(named: readonly Named[]): number {
  return named.filter(({ file, name }) => !name.endsWith(file.name)).length;
}

/** `files` in the order of their frames: by `named`, their names on the server, not by numbers in them. */
export function inFrameOrder<Each extends Found>(
  files: readonly Each[],
  named: readonly Named[],
): readonly Each[] {
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

/** What the first bytes of a file that is named like an image say against it. */
export function problemOfHead(name: string, head: Uint8Array): FileProblem | undefined {
  const brand = String.fromCharCode(...head.slice(4, 12));
  if (/^ftyp(heic|heix|heim|heis)$/.test(brand)) return "heic";
  return looksLikeImage(name, head) ? undefined : "disguised";
}

/** Whether the first bytes of a file called `name` are those of an image, of whatever kind; unknown kinds pass. */
function looksLikeImage(name: string, head: Uint8Array): boolean {
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
