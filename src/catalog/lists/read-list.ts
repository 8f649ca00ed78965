/**
 * From a file that somebody gives to a catalogue that can be used, or to everything that is wrong with it.
 *
 * @module
 */
import { gunzipSync } from 'node:zlib'
import { nearest } from '../../core/words/nearest.ts'
import type { Shaped } from '../configuration/shape/check-shape.ts'
import type { Problem } from '../configuration/text/problem.ts'
import { quotedName } from '../configuration/text/quoting.ts'
import { digest } from '../digest.ts'
import type { Snapshot } from '../snapshot.ts'
import { isModelsDevList, type ListFor, readModelsDevList } from './models-dev-list.ts'
import { isOpenRouterList, readOpenRouterList } from './openrouter-list.ts'

export interface ListSource extends ListFor {
  /** Whose models a list in OpenRouter's shape has. @defaultValue openrouter */
  readonly provider?: string
}

/** Reads a list in one of the three shapes, plain or gzipped. Nothing is written. */
export function readList(bytes: Uint8Array, source: ListSource): Shaped<Snapshot> {
  const parsed = parse(bytes)
  if (!parsed.ok) return parsed
  const read = isModelsDevList(parsed.value)
    ? readModelsDevList(parsed.value, source)
    : isOpenRouterList(parsed.value)
      ? intoProvider(parsed.value, source)
      : wrong({ message: 'the file is not a list of models', allowed: SHAPES })
  return read.ok ? { ok: true, value: { ...read.value, digest: digest(read.value.providers) } } : read
}

const SHAPES = "models.dev's api.json, a snapshot of it, OpenRouter's /models, or its /models/{author}/{slug}/endpoints"

/** 200 MB: a hundred times what models.dev has. */
const MOST_BYTES = 200_000_000

function parse(bytes: Uint8Array): Shaped<unknown> {
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    const text = Buffer.from(isGzip ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8')
    return { ok: true, value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    const message = error instanceof SyntaxError ? 'the file is not JSON' : 'the file cannot be unpacked'
    return wrong({ message, allowed: SHAPES })
  }
}

function intoProvider(value: unknown, { before, provider: id = 'openrouter', onDate }: ListSource): Shaped<Snapshot> {
  const provider = Object.hasOwn(before.providers, id) ? before.providers[id] : undefined
  if (!provider) {
    const suggestion = nearest(id, Object.keys(before.providers))
    return wrong({
      message: `the catalogue has no provider ${quotedName(id)}`,
      allowed: 'a provider of the catalogue',
      ...(suggestion !== undefined && { suggestion }),
    })
  }
  const read = readOpenRouterList(value, provider, onDate)
  if (!read.ok) return read
  return { ok: true, value: { ...before, providers: { ...before.providers, [id]: read.value } } }
}

function wrong(problem: Omit<Problem, 'path'>): Shaped<never> {
  return { ok: false, problems: [{ path: '', ...problem }] }
}
