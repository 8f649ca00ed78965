/**
 * How many tokens an image, a PDF or another file has, before a vendor has counted it.
 *
 * @module
 */
import { bytesOfBase64, type FilePart, isPdf, needsEars, needsEyes, TOKENS_OF_UNKNOWN_FILE } from '../core/parts.ts'
import { pagesOfPdf } from './pdf-pages.ts'
import { type PictureSize, pictureSize } from './picture-size.ts'

/** A file as it is counted, whatever message it is in. */
export type FileData = Pick<FilePart, 'mediaType' | 'data'>

/** Width × height / 750, and no more than this: an image is made smaller first (Anthropic, "Vision", calculating image costs). */
const PIXELS_PER_TOKEN = 750
const MOST_OF_PICTURE = TOKENS_OF_UNKNOWN_FILE

/**
 * The most that Anthropic counts for models of high resolution. OpenAI's most is 1,445 by tiles (85 + 8 × 170) and 3,779 by patches
 * (1,536 × 2.46 for nano), Google's 1,120.
 */
const BOUND_OF_PICTURE = 4_784

/** OpenAI charges 2,833 and 5,667 a tile for it, so that an image costs as much as with its larger sibling; there are 8 tiles at most. */
const DEAR_PICTURES = /gpt-4o-mini/
const BOUND_OF_DEAR_PICTURE = 2_833 + 8 * 5_667

/** Gemini cuts an image into tiles, and the longer it is the more, whatever its resolution (Google, "Image understanding"). */
const IN_TILES = /gemini/
const TOKENS_OF_TILE = 258

/**
 * Since 5.4 OpenAI's larger models may be shown an image in its own size, and since 5.5 are where nothing else is asked: in patches of
 * 32 × 32, at most 10,000 before 5.6 and any number since ("Images and vision", detail `original`).
 */
const IN_PATCHES = /gpt-5\.[4-9](?!.*(mini|nano))/
const SIDE_OF_PATCH = 32
const TOKENS_OF_PATCH = 1.2
const PATCHES_OF_UNKNOWN_PICTURE = 10_000

/** A page's text has 1,500 to 3,000 tokens (Anthropic, "PDF support"), and it is shown as a picture beside that. */
const TEXT_OF_PAGE = 3_000

/** The bytes of a page, where a PDF is encrypted and its pages cannot be counted. Few pages have less. */
const BYTES_OF_PAGE = 10_000

/** The most pages that any vendor takes. */
const MOST_PAGES = 600

/**
 * For a PDF that nobody here has seen. Nearly all models that read PDFs have room for that, and a vendor refuses one that is too long for
 * its model: the call then goes to a larger window.
 */
const PAGES_OF_UNKNOWN_PDF = 10

/** The likely number of tokens of a file. */
export function tokensOfFileData({ mediaType, data }: FileData): number {
  if (data.type === 'text') return Math.ceil(data.text.length / 4)
  if (isPdf({ mediaType })) return (data.type === 'data' ? pagesOf(data.data) : PAGES_OF_UNKNOWN_PDF) * TEXT_OF_PAGE
  if (data.type !== 'data') return TOKENS_OF_UNKNOWN_FILE
  if (!needsEyes({ mediaType })) return likelyByBytes(mediaType, bytesOfBase64(data.data))
  const size = pictureSize(data.data)
  if (!size) return TOKENS_OF_UNKNOWN_FILE
  return Math.min(MOST_OF_PICTURE, Math.ceil((size.width * size.height) / PIXELS_PER_TOKEN))
}

/**
 * What a vendor counts at most for it, by what each has published.
 *
 * @param window - The model's. It bounds what cannot be counted: the pages of a PDF that is named by its address, and what is packed into
 * other files.
 */
export function boundOfFile({ mediaType, data }: FileData, model = '', window = Number.POSITIVE_INFINITY): number {
  if (data.type === 'text') return Buffer.byteLength(data.text)
  if (isPdf({ mediaType })) {
    const boundOfPage = TEXT_OF_PAGE + boundOfPicture(model)
    return data.type === 'data' ? pagesOf(data.data) * boundOfPage : Math.min(window, MOST_PAGES * boundOfPage)
  }
  if (!needsEyes({ mediaType }))
    return Math.min(window, data.type === 'data' ? mostOfBytes(mediaType, data.data) : MOST_OF_ALL)
  return Math.max(boundOfPicture(model), ownSize(data.type === 'data' ? pictureSize(data.data) : undefined, model))
}

/** Read word by word, as Anthropic, Google and Amazon do with texts that come as files. */
const TEXTS = /^text\/|\bjson$/i

/** The bytes of a recording for a token. Google counts 32 tokens for a second of sound (usually 128 kbit) and some 300 for one of film (1 Mbit). */
const BYTES_OF_TOKEN = 500

/** More than any context window has. */
const MOST_OF_ALL = MOST_PAGES * (TEXT_OF_PAGE + BOUND_OF_PICTURE)

function likelyByBytes(mediaType: string, bytes: number): number {
  return TEXTS.test(mediaType)
    ? Math.ceil(bytes / 4)
    : Math.max(TOKENS_OF_UNKNOWN_FILE, Math.ceil(bytes / BYTES_OF_TOKEN))
}

/** An upper bound by bytes: a token has at least one byte, unless the file is compressed. */
function mostOfBytes(mediaType: string, base64: string): number {
  return TEXTS.test(mediaType) || needsEars({ mediaType }) ? bytesOfBase64(base64) : MOST_OF_ALL
}

function boundOfPicture(model: string): number {
  return DEAR_PICTURES.test(model) ? BOUND_OF_DEAR_PICTURE : BOUND_OF_PICTURE
}

/** The tokens of an image at models that count by its own size or shape; 0 at all others. */
function ownSize(size: PictureSize | undefined, model: string): number {
  if (IN_PATCHES.test(model))
    return Math.ceil((size ? piecesOf(size, SIDE_OF_PATCH) : PATCHES_OF_UNKNOWN_PICTURE) * TOKENS_OF_PATCH)
  if (!size || !IN_TILES.test(model)) return 0
  const side = Math.max(1, Math.floor(Math.min(size.width, size.height) / 1.5))
  return piecesOf(size, side) * TOKENS_OF_TILE
}

function piecesOf({ width, height }: PictureSize, side: number): number {
  return Math.ceil(width / side) * Math.ceil(height / side)
}

function pagesOf(base64: string): number {
  const pages = pagesOfPdf(Buffer.from(base64, 'base64')) ?? Math.ceil((base64.length * 0.75) / BYTES_OF_PAGE)
  return Math.min(MOST_PAGES, pages)
}
