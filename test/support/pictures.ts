import { Buffer } from 'node:buffer'
import { deflateSync } from 'node:zlib'

/** What vendors and this product look at of a PNG: its beginning, with its size. Behind it lies nothing that could be shown. */
export function png(width: number, height: number, bytes: number): Buffer {
  const picture = Buffer.alloc(bytes, `${width}x${height} `)
  picture.write('\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR', 0, 'latin1')
  picture.writeUInt32BE(width, 16)
  picture.writeUInt32BE(height, 20)
  return picture
}

/** Of so many pages, and nothing on them. */
export function pdf(pages: number): Buffer {
  return Buffer.from(`%PDF-1.4\n${'<< /Type /Page >>\n'.repeat(pages)}<< /Type /Pages >>\n%%EOF`)
}

/** As most programs write one: what says that it is a page lies packed, beside so many bytes of pictures. One page may have been changed. */
export function packedPdf(pages: number, pictureBytes: number, changed = ''): Buffer {
  const packed = deflateSync('<< /Type /Page >>\n'.repeat(pages))
  const head = `%PDF-1.5\n${changed}9 0 obj\n<</Type/ObjStm/N ${pages}/Filter/FlateDecode/Length ${packed.length}>>stream\r\n`
  return Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream\n'), Buffer.alloc(pictureBytes, 'x')])
}
