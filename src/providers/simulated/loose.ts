/**
 * Reading JSON that may have any shape.
 *
 * @module
 */
import type { Json } from './ask.ts'

export type Loose = { readonly [key: string]: Json | undefined }

/** The value as an object; empty when it is none. */
export function recordOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}
}

export function listOf(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map(recordOf) : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
