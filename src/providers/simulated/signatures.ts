/**
 * Proofs that a thought came from this vendor. Made with the vendor's name as key, so that no two vendors accept each
 * other's, and every restart of the same vendor accepts its own.
 *
 * @module
 */
import { createHmac } from 'node:crypto'

export interface Signer {
  sign(over: string): string
  isOwn(signature: string, over: string): boolean
  /** A sealed text that only this vendor accepts; it carries what it was made over. */
  seal(over: string): string
  isSealedHere(sealed: string): boolean
}

export function createSigner(vendor: string): Signer {
  const sign = (over: string) => createHmac('sha256', vendor).update(over).digest('base64')
  return {
    sign,
    isOwn: (signature, over) => signature === sign(over),
    seal: over => `${Buffer.from(over).toString('base64url')}.${sign(over)}`,
    isSealedHere(sealed) {
      const [over = '', proof] = sealed.split('.')
      return proof === sign(Buffer.from(over, 'base64url').toString())
    },
  }
}
