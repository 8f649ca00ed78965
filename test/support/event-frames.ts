/**
 * Amazon's binary event streams: https://smithy.io/2.0/aws/amazon-eventstream.html
 *
 * @module
 */
import { crc32 } from 'node:zlib'

export const EVENT_STREAM = { 'content-type': 'application/vnd.amazon.eventstream' }

/** One frame for each line `{ "<event>": { … } }`. */
export function eventFrames(lines: string): Buffer {
  const events = lines.split('\n').filter(line => line !== '')
  return Buffer.concat(events.flatMap(line => Object.entries(JSON.parse(line)).map(entry => frame(...entry))))
}

function frame(event: string, value: unknown): Buffer {
  const isException = event.endsWith('Exception')
  const headers = Buffer.concat([
    header(isException ? ':exception-type' : ':event-type', event),
    header(':content-type', 'application/json'),
    header(':message-type', isException ? 'exception' : 'event'),
  ])
  const payload = Buffer.from(JSON.stringify(value))
  const prelude = numbers(16 + headers.length + payload.length, headers.length)
  const begun = Buffer.concat([prelude, numbers(crc32(prelude)), headers, payload])
  return Buffer.concat([begun, numbers(crc32(begun))])
}

/** A text's type is 7. */
function header(name: string, value: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, Buffer.from(value)])
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at)
  return bytes
}
