/**
 * Whether a reply that began with success is one that a package may read.
 *
 * @module
 */
import { isReadable } from './decoding.ts'

/** `read`: as asked for. `json`: one JSON body where a stream was asked for. Otherwise what is wrong, in words. */
export type ReplyKind = { readonly kind: 'read' | 'json' } | { readonly kind: 'wrong'; readonly problem: string }

/** The content types of streams; Amazon's comes in binary frames. */
const STREAMS: ReadonlySet<string> = new Set(['text/event-stream', 'application/vnd.amazon.eventstream'])

/** Types that a message may name: a vendor may say anything back there, its key too, and keys have digits. */
const NAMED = /^(application|audio|image|multipart|text|video)\/[a-z.+-]{1,40}$/

/** No content, reset content: no `Response` may have a body under them. */
const BODILESS: ReadonlySet<number> = new Set([204, 205])

/**
 * Judges by content type and encoding. A missing type and `text/plain` pass, since some servers say no better; HTML does not,
 * which is what proxies and login pages answer with status 200.
 */
export function replyKind(status: number, headers: Readonly<Record<string, string>>, streams: boolean): ReplyKind {
  if (BODILESS.has(status)) return { kind: 'wrong', problem: 'its status says that there is no answer' }
  if (!isReadable(headers['content-encoding']))
    return { kind: 'wrong', problem: 'its reply is compressed in a way that was not asked for' }
  const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (type === '' || type === 'text/plain') return { kind: 'read' }
  const json = type === 'application/json' || type.endsWith('+json')
  if (json) return { kind: streams ? 'json' : 'read' }
  if (streams && STREAMS.has(type)) return { kind: 'read' }
  return { kind: 'wrong', problem: `its content type is ${NAMED.test(type) ? type : 'unreadable'}` }
}
