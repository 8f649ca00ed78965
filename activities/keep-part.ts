/**
 * Puts what is too long for history into the store, and a reference to it in its place.
 *
 * @module
 */
import type { StoredText } from '../src/core/parts.ts'
import { bytesOfBase64, type FilePart, fileInWords, type Part } from '../src/core/parts.ts'
import { PREVIEW_BYTES } from '../src/core/protocol.ts'
import { utf8Bytes } from '../src/core/utf8-bytes.ts'
import { previewOf } from './preview.ts'

/** Keeps long texts and files of one run in the store. */
export interface Keeper {
  /** Writes a text into the store, once however often it is tried, and gives its digest. */
  keep(text: string): Promise<string>
  /** About as many as a model reads of it. */
  tokensOf(file: FilePart): number
}

/** The part with references in place of a file and of a text whose JSON has more than so many bytes. */
export async function keepPart(keeper: Keeper, part: Part, mostBytes: number): Promise<Part> {
  if (part.type === 'file') return keepFile(keeper, part as FilePart)
  if (part.type !== 'text' || previewOf(part.text).bytes <= mostBytes) return part
  return { type: 'stored-text', text: await keepText(keeper, part.text) }
}

async function keepFile({ keep, tokensOf }: Keeper, part: FilePart): Promise<Part> {
  const stored = await kept(part.data, keep)
  if (!stored) return part
  return { ...part, data: { type: 'stored', ...stored, tokens: tokensOf(part), preview: fileInWords(part) } }
}

/** `undefined` for what is short, or an address. A text stays one: vendors take fewer kinds of files as bytes. */
async function kept(data: FilePart['data'], keep: Keeper['keep']) {
  if (data.type === 'text' && data.text.length > PREVIEW_BYTES)
    return { as: 'text', digest: await keep(data.text), bytes: utf8Bytes(data.text) } as const
  if (data.type === 'data' && data.data.length > PREVIEW_BYTES)
    return { digest: await keep(data.data), bytes: bytesOfBase64(data.data) }
  return undefined
}

export async function keepText({ keep }: Pick<Keeper, 'keep'>, text: string): Promise<StoredText> {
  const { bytes, text: preview } = previewOf(text)
  return { digest: await keep(text), bytes, preview }
}
