import { textOf } from '../json.ts'
import type { Mending } from '../transport/mending.ts'

/** The events of the package, and what a whole body calls itself. */
const KNOWN = [
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'ping',
  'error',
  'message',
]

const UNKNOWN = new RegExp(`^(?:data: ?)?\\{"type": ?"(?!(?:${KNOWN.join('|')})")`, 'm')

/**
 * Events that the package does not know become those that say nothing, where it would refuse the whole answer for them. Anthropic may
 * add some (https://platform.claude.com/docs/en/api/versioning), and Vertex has one of its own, `vertex_event`
 * (https://github.com/vercel/ai/issues/11309).
 */
export const mending: Mending = {
  isSuspect: text => UNKNOWN.test(text),
  mended: chunk => (KNOWN.includes(textOf(chunk.type) ?? '') ? chunk : { type: 'ping' }),
}
