/**
 * Width and height of an image, from its first bytes.
 *
 * @module
 */

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** How much is read: a JPEG's size may lie behind previews and profiles, and is mostly within this. */
const HEAD_CHARACTERS = 400_000

/** Of a PNG, GIF, JPEG or WebP; `undefined` for anything else. */
export function pictureSize(base64: string): PictureSize | undefined {
  const bytes = Buffer.from(base64.slice(0, HEAD_CHARACTERS), 'base64')
  try {
    const size = sizeIn(bytes)
    return size && size.width > 0 && size.height > 0 ? size : undefined
  } catch (error) {
    // It ends before its size.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function sizeIn(bytes: Buffer): PictureSize | undefined {
  const name = bytes.toString('latin1', 0, 16)
  if (name.startsWith('\x89PNG')) return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  if (name.startsWith('GIF8')) return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  if (name.startsWith('RIFF') && name.startsWith('WEBP', 8)) return sizeOfWebp(bytes, name.slice(12))
  return name.startsWith('\xff\xd8') ? sizeOfJpeg(bytes) : undefined
}

function sizeOfWebp(bytes: Buffer, kind: string): PictureSize | undefined {
  if (kind === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  if (kind === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  if (kind !== 'VP8L') return undefined
  const bits = bytes.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
}

/** Segment by segment to the one that begins the frame. */
function sizeOfJpeg(bytes: Buffer): PictureSize | undefined {
  for (let at = 2; bytes.readUInt8(at) === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt8(at + 1)
    if (isFrame(marker)) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
  }
  return undefined
}

/** Three of these numbers mean something else. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}
