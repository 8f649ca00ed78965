import { registerHooks } from 'node:module'
import { beforeAll, expect, it } from 'vitest'
import * as client from '../../src/client.ts'

type Kind = abstract new () => Error

const exported: readonly [string, unknown][] = Object.entries(client)
const errors = exported.filter((entry): entry is [string, Kind] => isKind(entry[1]))

function isKind(value: unknown): value is Kind {
  return typeof value === 'function' && value.prototype instanceof Error
}

let other: Record<string, unknown>

/** Next.js bundles the package once for pages and once for routes, and a client that a page has connected serves both. */
beforeAll(async () => {
  const copy = new URL('../../src/client.ts?copy', import.meta.url).href
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      const isOfCopy = context.parentURL?.endsWith('.ts?copy') && found.url.endsWith('.ts')
      return isOfCopy ? { ...found, url: `${found.url}?copy` } : found
    },
  })
  other = await import(copy)
  hooks.deregister()
})

it.each(errors)('recognises %s of another copy of the package, and nothing else', (name, kind) => {
  const theirs = other[name] as Kind
  expect(theirs).not.toBe(kind)
  expect(Object.create(theirs.prototype)).toBeInstanceOf(kind)
  class Narrower extends kind {}
  expect(Object.create(theirs.prototype)).not.toBeInstanceOf(Narrower)
  expect(Object.create(Narrower.prototype)).toBeInstanceOf(theirs)
  const others = errors.filter(([another]) => another !== name).map(([another]) => other[another] as Kind)
  for (const one of [Error, ...others]) expect(Object.create(one.prototype)).not.toBeInstanceOf(kind)
  for (const none of [undefined, null, 'text']) expect(none).not.toBeInstanceOf(kind)
})
