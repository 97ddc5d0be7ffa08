/**
 * Saving: what is drawn goes into the journal, then to the server, at once; what others saved meanwhile is merged in.
 *
 * One request at a time (a *flight*), with a key that makes a second try of it harmless. Nothing is called saved
 * before the server has acknowledged it, and nothing a person made is dropped without a word.
 */

import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, Unreachable } from "../api";
import { AnnotationDocument, type Applied } from "../core/document";
import type { Cid } from "../core/model";
import { BackOff } from "./back-off";
import { Cargo, newName } from "./cargo";
import { Differences } from "./differences";
import { sendFlight } from "./flight";
import { type Entry, Journal, type Places } from "./journal";
import { type Loaded, loadJob, type WireTrack } from "./load";
import type { Choice, Conflict } from "./merge";
import { listenToPage } from "./page";
import { type Flight, failureOf, type Landing } from "./request";
import { type ReadOnlyReason, type Refused, type Save, type SyncState, stateOf } from "./state";
import { jobLockName, type Meeting, TabLock } from "./tab-lock";
import { until } from "./until";

export { type Loaded, loadJob, type WireTrack } from "./load";
export type { Choice, Conflict } from "./merge";
export type { ReadOnlyReason, Refused, SyncState } from "./state";

export interface SyncOptions {
  readonly jobId: number;
  readonly userId: number;
  /** Where journals are and tabs meet: the browser's own unless told otherwise. */
  readonly places?: Places;
  readonly meeting?: Meeting;
}

/** From one flight's departure to the next: what is changed meanwhile goes together. */
const GATHER_MS = 200;
/** How long another tab that takes over is made to wait for what is unsaved here. */
const YIELD_MS = 3000;

/**
 * Open a job for work: send what a page before left unsaved, load the annotations, and save all changes of
 * `document` from then on. When another tab has the job, it is only shown (`readOnly`) until `takeOver`.
 *
 * Raises as `send`; the journal stays as it is then.
 */
export async function openSync(options: SyncOptions): Promise<Sync> {
  const sync = new Sync(options);
  try {
    await sync.start();
    return sync;
  } catch (error) {
    sync.close();
    throw error;
  }
}

export class Sync {
  readonly document = new AnnotationDocument();
  /** Tracks as the server has them: they are counted, and left as they are. */
  tracks: readonly WireTrack[] = [];
  readonly #jobId: number;
  readonly #userId: number;
  readonly #journal: Journal;
  readonly #lock: TabLock;
  readonly #differences = new Differences(this.document);
  readonly #cargo = new Cargo(this.#differences);
  readonly #backOff = new BackOff();
  #revision = 0;
  /** Under way, or to be sent again; undefined when the next one is to be packed. */
  #flight: Flight | undefined;
  #carried: ReadonlySet<Cid> = new Set();
  /** A try of the flight went without an answer: only the newest tells whether it was stored. */
  #doubtful = false;
  /** The job moved on: the newest is to be merged before anything is sent. */
  #moved = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #departed = 0;
  readonly #closing: (() => void)[] = [];
  #conflictNumber = 0;
  #closed = false;

  readonly #count = signal(0);
  readonly #flying = signal(false);
  readonly #signedOut = signal(false);
  readonly #readOnly = signal<{ reason: ReadOnlyReason; sentence: string } | undefined>(undefined);
  readonly #conflicts = signal<readonly Conflict[]>([]);
  readonly #lastSave = signal<Save | undefined>(undefined);
  readonly #restored = signal(0);

  readonly state: ReadonlySignal<SyncState> = computed(() =>
    stateOf({
      count: this.#count.value,
      flying: this.#flying.value,
      trouble: this.#backOff.trouble.value,
      signedOut: this.#signedOut.value,
      readOnly: this.#readOnly.value,
      refused: this.#cargo.refused.value,
      lastSaved: this.#lastSave.value?.at,
    }),
  );
  readonly readOnly: ReadonlySignal<boolean> = computed(() => this.#readOnly.value !== undefined);
  /** How many objects differ from what the server has acknowledged. */
  readonly waiting: ReadonlySignal<number> = this.#count;
  /** What the server last acknowledged of this page; undefined before that. */
  readonly lastSave: ReadonlySignal<Save | undefined> = this.#lastSave;
  /** The objects the server does not take as they are. Each is tried again when it changes, all by `saveNow`. */
  readonly refused: ReadonlySignal<readonly Refused[]> = this.#cargo.refused;
  readonly conflicts: ReadonlySignal<readonly Conflict[]> = this.#conflicts;
  /** How many unsaved changes of a page before were found. */
  readonly restored: ReadonlySignal<number> = this.#restored;
  /** Whether unsaved work outlives the page in this browser. */
  readonly journaled: ReadonlySignal<boolean>;

  constructor({ jobId, userId, places, meeting }: SyncOptions) {
    this.#jobId = jobId;
    this.#userId = userId;
    this.#journal = new Journal({ server: location.origin, userId, jobId }, places);
    this.journaled = this.#journal.works;
    this.#lock = new TabLock(jobLockName(userId, jobId), () => this.#yield(), meeting);
  }

  /** Call once; `openSync` does. */
  async start(): Promise<void> {
    if (await this.#lock.claim()) await this.#restore();
    else {
      this.#readOnly.value = { reason: "other-tab", sentence: "" };
      this.#take(await loadJob(this.#jobId));
    }
    this.#closing.push(
      this.document.listen((applied) => this.#changed(applied)),
      effect(() => {
        if (!this.#lock.held.value) this.#lose();
      }),
      listenToPage({
        online: () => this.#retry(),
        away: () => void this.#depart(),
        leaving: () => void this.#depart(true),
      }),
    );
    this.#wake();
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const stop of this.#closing.splice(0)) stop();
    this.#closed = true;
    this.#lock.close();
    void this.#journal.close();
  }

  /** Save what there is without waiting, what failed before too; resolves with what came of it. */
  async saveNow(): Promise<SyncState> {
    this.#cargo.forgiveAll();
    this.#retry();
    await until(() => this.state.value.name !== "saving" && this.state.value.name !== "waiting");
    return this.state.value;
  }

  /** Resolves when everything is acknowledged, or will never be as it is. */
  idle(): Promise<void> {
    return until(() => ["saved", "refused", "read-only"].includes(this.state.value.name));
  }

  /** Go on after state `signed-out`; when it is somebody else who signed in, the work waits for its person. */
  signedIn(userId: number): void {
    this.#signedOut.value = false;
    if (userId !== this.#userId) this.#readOnly.value = { reason: "other-person", sentence: "" };
    this.#retry();
  }

  /** Make this tab the one that works on the job; the other one saves and looks on. Raises as `send`. */
  async takeOver(): Promise<void> {
    if (this.#readOnly.value?.reason !== "other-tab") return;
    await this.#lock.takeOver();
    await this.#restore();
    this.#readOnly.value = undefined;
    this.#wake();
  }

  /** Settle a conflict. Mine is what was kept so far; `both` adds theirs as an object of its own. */
  resolve({ number, cid, theirs }: Conflict, choice: Choice): void {
    this.#conflicts.value = this.#conflicts.value.filter((each) => each.number !== number);
    if (choice === "mine" || this.readOnly.value) return;
    if (theirs === undefined) this.document.apply({ put: [], remove: [cid] }, "user");
    else {
      const name = choice === "both" ? newName() : cid;
      const put = [{ ...theirs, cid: name, id: this.document.get(name)?.id }];
      this.document.apply({ put, remove: [] }, "user");
    }
  }

  // ---- changes

  #changed({ change, source }: Applied): void {
    if (source === "server" || this.#readOnly.value?.reason === "other-tab") return;
    const cids = [...change.put.map(({ cid }) => cid), ...change.remove];
    this.#differences.note(cids);
    this.#cargo.forgive(cids);
    this.#note(this.#journal.works.value ? cids : [...this.#differences.cids, ...cids]);
    // An undone deletion brings an object back without its id. Not now: others still hear of this very change.
    queueMicrotask(() => this.#differences.settle(cids));
    this.#wake();
  }

  /** Write into the journal how the objects stand, and `flight` if there is news of it. */
  #note(cids: Iterable<Cid>, flight?: Flight | null): Promise<void> {
    const unsaved = this.#differences.cids;
    this.#count.value = unsaved.size;
    if (!this.#lock.held.value) return Promise.resolve();
    const looked = [...new Set(cids)];
    // What is under way counts as well: taken back meanwhile, it differs as soon as the flight has landed.
    const matters = (cid: Cid) => unsaved.has(cid) || this.#carried.has(cid);
    const entry: Entry = {
      put: looked.filter(matters).map((cid) => this.#differences.of(cid)),
      drop: looked.filter((cid) => !matters(cid)),
      ...(flight === undefined ? {} : { flight }),
    };
    return this.#journal.note(entry);
  }

  // ---- flights

  get #mayTalk(): boolean {
    return !this.#closed && this.#readOnly.value === undefined && !this.#signedOut.value;
  }

  #carry(flight: Flight | undefined): void {
    this.#flight = flight;
    this.#doubtful = false;
    this.#carried = new Set(flight?.sent.map(({ cid }) => cid));
  }

  #hasWork(): boolean {
    return this.#flight !== undefined || this.#moved || this.#cargo.waits;
  }

  /** Let the next flight leave as soon as it may. */
  #wake(): void {
    clearTimeout(this.#timer);
    if (this.#flying.value || !this.#mayTalk || !this.#hasWork()) return;
    const at = this.#backOff.trouble.value?.retryAt.getTime() ?? this.#departed + GATHER_MS;
    this.#timer = setTimeout(() => this.#depart(), Math.max(0, at - Date.now()));
  }

  /** Let it leave now, whatever failed before. */
  #retry(): void {
    this.#backOff.skip();
    this.#departed = 0;
    void this.#depart();
  }

  /** Merge if the job moved on, then send. When the page is being left, the journal's belt must do. */
  async #depart(leaving = false): Promise<void> {
    if (this.#flying.value || !this.#mayTalk || !this.#hasWork()) return;
    clearTimeout(this.#timer);
    this.#flying.value = true;
    const outcome = await this.#try(leaving);
    batch(() => {
      this.#flying.value = false;
      if (this.#mayTalk) outcome();
    });
    this.#wake();
  }

  /** Do what is to be done and return what that changes of the state. */
  async #try(leaving: boolean): Promise<() => void> {
    try {
      if (this.#moved) {
        const newest = await loadJob(this.#jobId);
        if (this.#mayTalk) this.#take(newest);
      }
      const flight = this.#flight ?? this.#cargo.pack(this.#revision);
      if (flight !== undefined) {
        if (flight !== this.#flight) {
          const noted = this.#note([], flight);
          this.#carry(flight);
          if (!leaving) await noted;
        }
        if (!this.#mayTalk) return () => undefined;
        this.#departed = Date.now();
        const landing = await sendFlight(this.#jobId, flight, { keepalive: !this.#backOff.failed });
        return () => this.#land(flight, landing);
      }
      return () => this.#backOff.reset();
    } catch (error) {
      return () => this.#failed(error);
    }
  }

  #land(flight: Flight, landing: Landing): void {
    this.#carry(undefined);
    this.#revision = landing.version;
    this.#differences.acknowledge(flight, landing);
    this.#cargo.landed(flight);
    void this.#note(
      flight.sent.map(({ cid }) => cid),
      null,
    );
    this.#lastSave.value = { at: new Date(), tookMs: landing.tookMs };
    this.#backOff.reset();
  }

  #failed(error: unknown): void {
    if (error instanceof Unreachable) {
      this.#doubtful = true;
      this.#backOff.fail("offline", "");
    } else if (error instanceof ApiError) this.#refused(error);
    else {
      this.#backOff.fail("failing", String(error));
      reportError(error); // a mistake of ours: it must not end the saving
    }
  }

  #refused(error: ApiError): void {
    const failure = failureOf(error.status);
    if (failure === "unknown") {
      this.#doubtful = true;
      this.#backOff.fail("offline", error.message);
    } else if (failure === "signed-out") this.#signedOut.value = true;
    else if (failure === "moved") this.#moved = true;
    else if (failure === "forbidden" || failure === "gone")
      this.#readOnly.value = { reason: failure, sentence: error.message };
    else this.#unload(failure, error);
  }

  /** The flight was not stored and will not be as it is: the next one will be another. */
  #unload(failure: "refused" | "too-large" | "not-now", error: ApiError): void {
    const flight = this.#flight;
    if (this.#doubtful) this.#moved = true;
    else {
      this.#carry(undefined);
      void this.#note(flight?.sent.map(({ cid }) => cid) ?? [], null);
    }
    if (flight !== undefined && failure === "refused") this.#cargo.refuse(flight, error);
    else if (flight === undefined || failure === "not-now" || !this.#cargo.split(flight))
      this.#backOff.fail("failing", error.message);
  }

  // ---- the newest

  /** Go on from what the page before left, merged into what the server has. */
  async #restore(): Promise<void> {
    const { unsaved, flight } = await this.#journal.read();
    this.#differences.recall(unsaved);
    this.#carry(flight);
    if (flight !== undefined) await this.#resend(flight);
    this.#take(await loadJob(this.#jobId));
    const cids = [...unsaved, ...(flight?.sent ?? [])].map(({ cid }) => cid);
    this.#restored.value = new Set(cids).size;
  }

  /** Send again what a page before had sent: it is not known whether it was stored. Raises when that stays so. */
  async #resend(flight: Flight): Promise<void> {
    try {
      this.#land(flight, await sendFlight(this.#jobId, flight, { keepalive: false }));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // 500 is our own server's: nothing was stored.
      const name = error.status === 500 ? "refused" : failureOf(error.status);
      if (name === "unknown" || name === "signed-out") throw error;
    }
  }

  /** Merge what the server has, and forget the flight: if it was stored, it is in there. */
  #take(loaded: Loaded): void {
    const { touched, conflicts } = this.#differences.merge(loaded, this.#flight?.sent ?? []);
    this.#revision = loaded.revision;
    this.tracks = loaded.tracks;
    this.#carry(undefined);
    this.#moved = false;
    this.#cargo.forgive(touched);
    const numbered = conflicts.map((sides) => ({ ...sides, number: ++this.#conflictNumber }));
    if (numbered.length > 0) this.#conflicts.value = [...this.#conflicts.value, ...numbered];
    if (touched.size > 0) void this.#note(touched, null);
  }

  // ---- other tabs

  /** Another tab takes over: save what there is; what cannot be saved now, it finds in the journal. */
  async #yield(): Promise<void> {
    await Promise.race([this.saveNow(), new Promise((resolve) => setTimeout(resolve, YIELD_MS))]);
  }

  /** Look on from now: another tab has the job, its unsaved work included. */
  #lose(): void {
    if (this.#readOnly.peek() !== undefined) return;
    this.#readOnly.value = { reason: "other-tab", sentence: "" };
    this.#carry(undefined);
    this.#moved = false;
    this.#differences.forget();
    this.#cargo.forgiveAll();
    this.#count.value = 0;
    this.#backOff.reset();
  }
}
