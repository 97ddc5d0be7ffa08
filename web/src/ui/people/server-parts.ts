/** What a server says it can do, as the page about it shows it. */

/** The parts v1 names; a server may name more. */
export const PLUGINS = { GIT_INTEGRATION: true, ANALYTICS: true, MODELS: true, PREDICT: true } as const;

interface WireFormat {
  readonly name: string;
  readonly ext: string;
  readonly enabled: boolean;
}

export interface WireFormats {
  readonly importers: readonly WireFormat[];
  readonly exporters: readonly WireFormat[];
}

/** A format, whichever way it goes. */
export interface FormatRow {
  readonly name: string;
  readonly ext: string;
  readonly imports: boolean;
  readonly exports: boolean;
}

/** Each format once, by name: those that are both written and read stand in one row. */
export function formatRows({ importers, exporters }: WireFormats): readonly FormatRow[] {
  const names = new Set(
    [...importers, ...exporters].filter(({ enabled }) => enabled).map(({ name }) => name),
  );
  return [...names].sort().map((name) => {
    const reader = importers.find((each) => each.enabled && each.name === name);
    const writer = exporters.find((each) => each.enabled && each.name === name);
    const kinds = [writer, reader].flatMap((each) => each?.ext.split(",").map((ext) => ext.trim()) ?? []);
    return {
      name,
      ext: [...new Set(kinds)].join(", "),
      imports: reader !== undefined,
      exports: writer !== undefined,
    };
  });
}
