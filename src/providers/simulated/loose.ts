/**
 * Reading JSON that may have any shape.
 *
 * @module
 */
import type { Json } from './ask.ts'

export type Loose = { readonly [key: string]: Json }

export function isRecord(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object; empty when it is none. */
export function recordOf(value: unknown): Loose {
  return isRecord(value) ? value : {}
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

/** Whether a request says something of it: vendors take `null` for nothing. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** A limit as it was asked for: nothing where nothing was, and no number where it was none. */
export function limitOf(value: unknown): number | undefined {
  if (!isGiven(value)) return undefined
  return typeof value === 'number' ? value : Number.NaN
}
