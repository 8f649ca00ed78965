/**
 * Errors of another copy of this package in the same process. A bundler may make several copies: Next.js has one for pages and one for
 * routes, so what a client throws that a page has connected meets another copy's class in a route.
 *
 * @module
 */

/**
 * Lets `instanceof` recognise the errors of this class from every copy. For a static block of the class.
 *
 * @param name - Of the class, which a bundler may call otherwise.
 */
export function knownAcrossCopies(kind: abstract new (...args: never[]) => Error, name: string): void {
  const mark = Symbol.for(`signalbox.${name}`)
  Object.defineProperty(kind.prototype, mark, { value: true })
  Object.defineProperty(kind, Symbol.hasInstance, {
    value(this: object, error: unknown): boolean {
      const isOfClass = Function.prototype[Symbol.hasInstance].call(this, error)
      return isOfClass || (this === kind && typeof error === 'object' && error !== null && mark in error)
    },
  })
}
