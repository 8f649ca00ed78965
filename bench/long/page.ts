/**
 * The pages that the measured run reads.
 *
 * @module
 */
import { hash } from 'node:crypto'
import { RESULT_BYTES } from './settings.ts'

const WORDS =
  'signal box lever frame block train bell code section clear line dispatch relay gradient points token'.split(' ')

/**
 * A page of exactly 5 KB, no two alike: words drawn by a hash, so that neither a database nor a tokenizer finds much
 * that repeats. The same key gives the same page.
 */
export function pageOf(key: string): string {
  const words: string[] = []
  for (let block = 0, length = 0; length < RESULT_BYTES; block += 1) {
    const drawn = hash('sha256', `${key} ${block}`)
    for (let at = 0; at < drawn.length; at += 8) {
      const number = Number.parseInt(drawn.slice(at, at + 8), 16)
      const word = number % 3 === 0 ? number.toString(36) : WORDS[number % WORDS.length]!
      words.push(word)
      length += word.length + 1
    }
  }
  return words.join(' ').slice(0, RESULT_BYTES)
}
