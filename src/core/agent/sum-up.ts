/**
 * The request for a summary, apart from how it is put to a model: workflows need no more.
 *
 * @module
 */
import type { Addition } from '../protocol.ts'

/** What a summing call adds to its transcript. */
export const SUM_UP: Addition = { role: 'user', content: [{ type: 'text', text: 'Sum up the conversation so far.' }] }
