/**
 * Unpacking a reply that comes compressed. Nobody asks vendors for it, but some proxies do it all the same.
 *
 * @module
 */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { own } from '../json.ts'

export interface Decoder {
  push(chunk: Uint8Array): void
  end(): void
  /** Ends it; nothing comes out any more. */
  close(): void
}

export interface Decoded {
  readonly push: (chunk: Buffer) => void
  readonly end: () => void
  /** `cut`: it ended before its end. `damaged`: these are not the bytes of such an encoding. */
  readonly fail: (problem: 'cut' | 'damaged') => void
}

const MAKERS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const

/** Whether a reply with this `content-encoding` can be read; `undefined` is one without. */
export function isReadable(encoding: string | undefined): boolean {
  return encoding === undefined || /^identity$/i.test(encoding) || makerOf(encoding) !== undefined
}

/** By its name, in whatever case it is written. */
function makerOf(encoding: string | undefined) {
  return encoding === undefined ? undefined : own(MAKERS, encoding.toLowerCase())
}

/** `undefined` when there is nothing to unpack. */
export function createDecoder(encoding: string | undefined, to: Decoded): Decoder | undefined {
  const make = makerOf(encoding)
  if (!make) return undefined
  const stream = make()
  stream.on('data', to.push)
  stream.on('end', to.end)
  stream.on('error', error => to.fail('code' in error && error.code === 'Z_BUF_ERROR' ? 'cut' : 'damaged'))
  return {
    push: chunk => void stream.write(chunk),
    end: () => void stream.end(),
    close: () => void stream.destroy(),
  }
}
