/** Datasets as their catalogue tells of them, and what may be done with them (platform contract, 3). */

import { addressOf, type CallOptions } from "../../api";
import { MOUNT } from "../../mount";
import { callSignedIn, session, type User, withSignIn } from "../../session";
import { type SendOptions, sendBody } from "../../upload";

/** A dataset, in the words of the dataset manager. Times are milliseconds since 1970. */
export interface WireDataset {
  readonly id: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly cvDatasetFormat: string;
  readonly annotType: string;
  readonly annotStatus: string;
  readonly description: string;
  readonly name: string;
  readonly datasetCode: string;
  /** Its folder, below the storage root of the server. */
  readonly storagePath: string;
  /** The revision of the content. */
  readonly tag: number | string;
  readonly itemCount: number;
  readonly annotCount: number;
  readonly isPublished: boolean;
  /** The names of the labels it was last published with. */
  readonly labelList: readonly string[] | null;
  /** Whether the person may rename, fill and delete it. */
  readonly mayChange: boolean;
  /** Whether the person may cut objects out of it into a new one. */
  readonly mayCrop: boolean;
}

/** An image of a dataset. */
export interface WireItem {
  /** Its name and place for the dataset manager. */
  readonly path: string;
  readonly name: string;
  /** The name before it was encoded for storage. */
  readonly displayName: string;
  readonly size: number;
}

export interface CropState {
  readonly state: "queued" | "started" | "finished" | "failed" | "cancelled";
  readonly progress: number;
  readonly message: string;
  readonly dataset_id: number | null;
  /** How many images were made, and how many objects could not be cut out. */
  readonly items: number | null;
  readonly skipped: number | null;
  readonly deleted_frames: number | null;
}

interface Envelope<Data> {
  readonly data: Data;
}

interface Paged<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** The dataset manager, at the address our pages came from. */
const ROOT = `${MOUNT}/dataset_manager/api`;
const pathOf = (id: number): string => `/cv_datasets/id/${id}`;

async function ask<Data>(method: string, path: string, options: CallOptions = {}): Promise<Data> {
  return (await callSignedIn<Envelope<Data>>(method, path, { ...options, root: ROOT })).data;
}

async function sendAll<Data>(path: string, form: FormData, options: SendOptions): Promise<Data> {
  const answer = await withSignIn(() => sendBody("POST", path, form, { ...options, root: ROOT }));
  return (answer.body as Envelope<Data>).data;
}

export const listDatasets = (
  query: { readonly name: string | undefined; readonly pageNum: number; readonly pageSize: number },
  signal: AbortSignal,
): Promise<Paged<WireDataset>> => ask("GET", "/cv_datasets", { query, signal });

export const readDataset = (id: number, signal?: AbortSignal): Promise<WireDataset> =>
  ask("GET", pathOf(id), signal === undefined ? {} : { signal });

/** Make a dataset of what `form` has. */
export const createDataset = (form: FormData, options: SendOptions): Promise<WireDataset> =>
  sendAll("/cv_datasets", form, options);

export const patchDataset = (
  id: number,
  body: { readonly name?: string; readonly description?: string },
): Promise<WireDataset> => ask("PATCH", pathOf(id), { body });

export const deleteDataset = (id: number): Promise<unknown> => ask("DELETE", pathOf(id));

export const listItems = (
  id: number,
  query: { readonly pageNum: number; readonly pageSize: number },
  signal?: AbortSignal,
): Promise<Paged<WireItem>> =>
  ask("GET", `${pathOf(id)}/items`, { query, ...(signal === undefined ? {} : { signal }) });

export const addItems = (id: number, form: FormData, options: SendOptions): Promise<WireDataset> =>
  sendAll(`${pathOf(id)}/items`, form, options);

export const deleteItem = (id: number, path: string): Promise<unknown> =>
  ask("DELETE", `${pathOf(id)}/items`, { query: { path } });

/** Where a small JPEG of an item is. */
export const previewAddress = (id: number, path: string): string =>
  addressOf(`${pathOf(id)}/items/preview`, { path }, ROOT);

/** Where the item is as it was given. */
export const fileAddress = (id: number, path: string): string =>
  addressOf(`${pathOf(id)}/items/file`, { path }, ROOT);

export const startCrop = (
  id: number,
  body: Record<string, unknown>,
): Promise<{ readonly operation: string }> => ask("POST", `${pathOf(id)}/crop`, { body });

export const readCrop = (id: number, operation: string): Promise<CropState> =>
  ask("GET", `${pathOf(id)}/crop/${encodeURIComponent(operation)}`);

/** Whether the images were given to the catalogue; else they lie in a folder of somebody's, and are changed there. */
export function isOwn({ storagePath, datasetCode }: WireDataset): boolean {
  return storagePath === `datasets/${datasetCode}`;
}

/** Whether the person is shown datasets at all: annotators are given tasks of them. */
export function mayReadDatasets(user: User): boolean {
  return user.seesAll || user.mayCreateTasks;
}

/** Whether who is signed in is shown datasets. */
export function mayRead(): boolean {
  const now = session.value;
  return now.name === "signed-in" && mayReadDatasets(now.user);
}
