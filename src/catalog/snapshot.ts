/**
 * A snapshot of models.dev as it lies in its file: the one that is shipped with the package, or one that was imported.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** USD per million tokens. The file's own spellings differ between entries; only these are read. */
export interface SnapshotTokenCost {
  readonly input?: number
  readonly output?: number
  readonly cache_read?: number
  readonly cache_write?: number
  /** Only imported lists have it. */
  readonly cache_write_1h?: number
  readonly reasoning?: number
  /** A price per request, in USD: not a price of tokens. */
  readonly request?: number
  /** A price of quoted tokens, which no usage counts. */
  readonly citation?: number
}

export interface SnapshotCost extends SnapshotTokenCost {
  /** A tier applies when the input passes its `size`. */
  readonly tiers?: readonly (SnapshotTokenCost & { readonly tier: { readonly size: number } })[]
}

export interface SnapshotModel {
  readonly name: string
  readonly family?: string
  readonly release_date: string
  readonly status?: 'alpha' | 'beta' | 'deprecated'
  readonly reasoning: boolean
  readonly tool_call: boolean
  readonly structured_output?: boolean
  readonly attachment: boolean
  readonly modalities: { readonly input: readonly string[]; readonly output: readonly string[] }
  /** 0 stands for unknown. */
  readonly limit: { readonly context: number; readonly input?: number; readonly output: number }
  readonly cost?: SnapshotCost
  /** The `author/name` of the model that this entry serves. */
  readonly base?: string
  /** Its price was imported that day and rules, for it is newer than that of the price package; those of the provider's other models do as before. */
  readonly listedOn?: string
}

export interface SnapshotProvider {
  readonly name: string
  /** The npm package that speaks to the provider. */
  readonly npm: string
  /** Names of environment variables: keys, and settings such as an account id. */
  readonly env: readonly string[]
  /** The base URL; may hold `${VARIABLE}` marks. */
  readonly api?: string
  readonly doc: string
  /** Its own list was imported that day: all its prices rule. */
  readonly listedOn?: string
  readonly models: Readonly<Record<string, SnapshotModel>>
}

export interface Snapshot {
  readonly date: string
  readonly commit?: string
  /** Of what was imported, eight hexadecimal digits; absent from the shipped one. */
  readonly digest?: string
  readonly providers: Readonly<Record<string, SnapshotProvider>>
}

/** Not made on import: bundled as CommonJS, where a client does without it, code has no address. */
const shipped = () => new URL('./data/models-dev-2026-07-02.json.gz', import.meta.url)

/**
 * Reads, unpacks and parses the shipped file: 147 providers, 5,276 pairs of provider and model, 1.9 MB unpacked; or one that
 * was imported, which had its shape checked then.
 *
 * @throws BrokenCatalogue for an imported file that is damaged.
 */
export function readSnapshot(file?: string | URL): Snapshot {
  try {
    return JSON.parse(gunzipSync(readFileSync(file ?? shipped())).toString('utf8')) as Snapshot
  } catch (cause) {
    if (file === undefined) throw cause
    throw new BrokenCatalogue(
      `the imported catalogue ${file} cannot be read; import it again (\`signalbox models import\`), or delete it`,
      { cause },
    )
  }
}

/** An imported catalogue that is damaged. */
export class BrokenCatalogue extends Error {
  override readonly name = 'BrokenCatalogue'
}
