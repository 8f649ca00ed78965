/**
 * Files and long texts of parts, written into the store before a run is told of them: history has references.
 *
 * @module
 */
import { previewOf } from '../../../activities/preview.ts'
import { bytesOfBase64, type FilePart, fileInWords, type Part } from '../../core/parts.ts'
import { PREVIEW_BYTES, type StoredText } from '../../core/protocol.ts'
import type { WorkflowPlace } from '../../core/sealing.ts'
import { tokensOfFileData } from '../../providers/file-tokens.ts'
import type { Store } from '../../store/index.ts'

/** A longer text lies in the store: a call takes along all that its agent has not read yet, so that many must fit. */
export const LONG_MESSAGE_BYTES = 65_536

/** The parts as history has them. */
export function keepParts(store: Store, run: WorkflowPlace, parts: readonly Part[]): Promise<readonly Part[]> {
  return Promise.all(parts.map(part => keepPart(store, run, part)))
}

/** The same with every text in hand. */
export function keepFiles(store: Store, run: WorkflowPlace, parts: readonly Part[]): Promise<readonly Part[]> {
  return Promise.all(parts.map(part => (part.type === 'text' ? part : keepPart(store, run, part))))
}

async function keepPart(store: Store, run: WorkflowPlace, part: Part): Promise<Part> {
  if (part.type === 'file') return keepFile(store, run, part as FilePart)
  if (part.type !== 'text' || previewOf(part.text).bytes <= LONG_MESSAGE_BYTES) return part
  return { type: 'stored-text', text: await keepText(store, run, part.text) }
}

async function keepFile(store: Store, run: WorkflowPlace, part: FilePart): Promise<Part> {
  const { data } = part
  if (data.type !== 'data' || data.data.length <= PREVIEW_BYTES) return part
  return {
    ...part,
    data: {
      type: 'stored',
      digest: await store.texts.keep(run, data.data, Date.now()),
      bytes: bytesOfBase64(data.data),
      tokens: tokensOfFileData(part),
      preview: fileInWords(part),
    },
  }
}

export async function keepText(store: Store, run: WorkflowPlace, text: string): Promise<StoredText> {
  const { bytes, text: preview } = previewOf(text)
  return { digest: await store.texts.keep(run, text, Date.now()), bytes, preview }
}
