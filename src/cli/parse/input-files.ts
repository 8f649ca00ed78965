/**
 * Files that an agent is given beside its text.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import type { JsonValue } from '../../core/messages.ts'
import type { GivenPart } from '../../runtime/given/given-parts.ts'
import { EXIT } from '../exit-codes.ts'
import { CliProblem } from '../problem.ts'

/** What vendors read, by the ending of its name. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.pdf': 'application/pdf',
}

/** The text and the files behind it, as an agent is given them; the input itself where there are none. */
export function withFiles(input: JsonValue, paths: readonly string[] = []): JsonValue | readonly GivenPart[] {
  if (paths.length === 0) return input
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  return [{ type: 'text', text }, ...paths.map(filePart)]
}

/** Whether a path names one of them: others hold a text. */
export function isForEyes(path: string): boolean {
  return mediaTypeOf(path) !== undefined
}

function mediaTypeOf(path: string): string | undefined {
  return MEDIA_TYPES[extname(path).toLowerCase()]
}

export function filePart(path: string): GivenPart {
  const mediaType = mediaTypeOf(path)
  if (mediaType === undefined)
    throw new CliProblem(
      EXIT.badInput,
      `${path} is not a file that models can read: give one of ${Object.keys(MEDIA_TYPES).join(', ')}, or a text with --input-file`,
    )
  return { type: 'file', mediaType, filename: basename(path), data: bytesOf(path) }
}

/** @throws CliProblem where it cannot be read. */
export function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CliProblem(EXIT.badInput, `${path} cannot be read (${code}); name another file`)
  }
}
