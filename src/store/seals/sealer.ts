import { createHmac } from 'node:crypto'
import { decrypt, encrypt } from './cipher.ts'
import { SealProblem } from './seal-problem.ts'

/** A key at work. What it has sealed names the key, so that a reader needs to know nothing else. */
export interface Sealer {
  readonly keyId: string
  seal(text: string): string
  /** @throws SealProblem when the text was changed. */
  open(text: string): string
  encrypt(bytes: Uint8Array): Buffer
  /** @throws SealProblem when a byte was changed. */
  decrypt(bytes: Uint8Array): Buffer
  /** SHA-256 in hex under the key: equal for equal texts, and useless to whoever would try texts without it. */
  digest(text: string): string
}

/** What a sealed text begins with. Everything else that is stored is JSON, which never begins like this. */
export const SEALED = '~1.'

/** The same for a text that was sealed with this key. */
export function sealedWith(keyId: string): string {
  return `${SEALED}${keyId}.`
}

export function isSealed(text: string): boolean {
  return text.startsWith(SEALED)
}

/** The id of the key that a text was sealed with. */
export function keyIdOf(text: string): string {
  return text.slice(SEALED.length, text.indexOf('.', SEALED.length))
}

export function createSealer(keyId: string, key: Uint8Array): Sealer {
  const digestKey = createHmac('sha256', key).update('signalbox digest').digest()
  const beginning = sealedWith(keyId)
  const open = (bytes: Uint8Array) => {
    const plain = decrypt(key, bytes)
    if (plain) return plain
    throw new SealProblem(
      'damaged',
      `Something sealed with the key ${keyId} has been changed since. Restore it from a backup.`,
    )
  }
  return {
    keyId,
    seal: text => beginning + encrypt(key, Buffer.from(text)).toString('base64url'),
    open: text => open(Buffer.from(text.slice(beginning.length), 'base64url')).toString(),
    encrypt: bytes => encrypt(key, bytes),
    decrypt: open,
    digest: text => createHmac('sha256', digestKey).update(text).digest('hex'),
  }
}
