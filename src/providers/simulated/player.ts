/**
 * Carries out a delivery on an open response.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import type { Delivery, Step } from './delivery-steps.ts'
import { asBytes } from './wire-faults.ts'

/** `done`: the delivery came to its own end. `aborted`: the asker left before. `broken`: the vendor went down before. */
export interface Played {
  readonly kind: 'done' | 'aborted' | 'broken'
  readonly writtenTokens: number
  /** The status line and the headers are out. */
  readonly hasBegun: boolean
}

export interface Playing {
  readonly response: ServerResponse
  readonly delivery: Delivery
  readonly headers: Readonly<Record<string, string>>
  /** Called once, and before the last byte leaves: whoever has the answer finds it accounted for. */
  readonly onEnd: (played: Played) => void
}

/** Plays a delivery. One write and no timer when nothing is to be waited for. */
export function play(playing: Playing): void {
  const { response, delivery } = playing
  if (delivery.ending === 'reset') {
    playing.onEnd({ kind: 'done', writtenTokens: 0, hasBegun: false })
    response.socket?.resetAndDestroy()
    return
  }
  const isQuick = delivery.ending === 'close' && (delivery.steps.at(-1)?.atMs ?? 0) === 0
  if (isQuick) playAtOnce(playing)
  else playInTime(playing)
}

function playAtOnce({ response, delivery, headers, onEnd }: Playing): void {
  onEnd({ kind: 'done', writtenTokens: delivery.steps.at(-1)?.writtenTokens ?? 0, hasBegun: true })
  response.writeHead(200, { ...headers, ...headersOf(delivery) })
  response.end(joined(delivery.steps.map(step => step.text)))
}

function headersOf({ contentType, contentEncoding }: Delivery): Record<string, string> {
  return { 'content-type': contentType, ...(contentEncoding && { 'content-encoding': contentEncoding }) }
}

/** One text where all are texts: most answers have no bytes of their own. */
function joined(texts: readonly Step['text'][]): Step['text'] {
  if (texts.every(text => typeof text === 'string')) return texts.join('')
  return Buffer.concat(texts.map(asBytes))
}

function playInTime({ response, delivery, headers, onEnd }: Playing): void {
  const startedAtMs = performance.now()
  let next = 0
  let writtenTokens = 0
  let timer: NodeJS.Timeout | undefined
  let ended = false
  let hasBegun = delivery.headersAtOnce
  const end = (kind: 'done' | 'aborted') => {
    if (ended) return
    ended = true
    clearTimeout(timer)
    onEnd({ kind, writtenTokens, hasBegun: hasBegun || kind === 'done' })
  }
  /** The first step begins the answer, also where it says nothing yet: the headers are out. */
  const send = (text: Step['text']) => {
    if (text.length > 0) response.write(text)
    else if (!hasBegun) response.flushHeaders()
    hasBegun = true
  }
  const sendDue = () => {
    const elapsedMs = performance.now() - startedAtMs
    const due: Step['text'][] = []
    for (let step = delivery.steps[next]; step && step.atMs <= elapsedMs; step = delivery.steps[++next]) {
      due.push(step.text)
      writtenTokens = step.writtenTokens
    }
    const upcoming = delivery.steps[next]
    const text = joined(due)
    if (!upcoming) return finish(text)
    if (due.length > 0) send(text)
    timer = setTimeout(sendDue, upcoming.atMs - elapsedMs)
  }
  const finish = (last: Step['text']) => {
    if (delivery.ending === 'hang') return void (delivery.steps.length > 0 && send(last))
    end('done')
    if (delivery.ending === 'close') response.end(last)
    else response.write(last, () => response.socket?.destroy())
  }
  response.on('close', () => end('aborted'))
  response.on('error', () => end('aborted'))
  if (delivery.steps.length > 0) response.writeHead(200, { ...headers, ...headersOf(delivery) })
  if (delivery.headersAtOnce) response.flushHeaders()
  sendDue()
}
