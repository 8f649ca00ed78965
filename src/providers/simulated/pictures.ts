/**
 * What vendors look at before they look at a picture: what it says it is, and how it begins.
 *
 * @module
 */
import { type Loose, textOf } from './loose.ts'

/** How each begins, in base64. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  'image/png': 'iVBORw0KGgo',
  'image/jpeg': '/9j/',
  'image/gif': 'R0lGOD',
  'image/webp': 'UklGR',
}

/** `type`: it is of none that vendors read. `content`: it is not what it says. `undefined`: nothing is wrong with it. */
export function pictureFlaw(mediaType: string, base64: string): 'type' | 'content' | undefined {
  const beginning = BEGINNINGS[mediaType]
  if (beginning === undefined) return 'type'
  return base64.startsWith(beginning) ? undefined : 'content'
}

/** What OpenAI says of one that it cannot read, in both of its APIs. One at an address is looked at later. */
export function unreadablePicture(url: unknown): string | undefined {
  const [, mediaType, base64] = /^data:([^;,]*);base64,(.*)$/s.exec(textOf(url)) ?? []
  if (mediaType === undefined || pictureFlaw(mediaType, base64!) === undefined) return undefined
  return "You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp']."
}

/** Google's form: the same for a part of a content and for a part of what a tool gave. */
export function googlePictureFlaw({ mimeType, data }: Loose): string | undefined {
  const type = textOf(mimeType)
  if (type === 'image/bmp') return `Unsupported MIME type: ${type}`
  return type.startsWith('image/') && pictureFlaw(type, textOf(data)) === 'content'
    ? 'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting'
    : undefined
}
