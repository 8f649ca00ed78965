import { expect, it } from 'vitest'
import { readConfiguration } from '../../../src/catalog/index.ts'

function read(classes: string) {
  const model = 'acme/large: { contextWindow: 1000, maxOutput: 100, abilities: [], price: { input: 1, output: 1 } }'
  const provider = `{ protocol: openai, baseURL: "http://127.0.0.1:9", models: { ${model} } }`
  return readConfiguration(`providers: { acme: ${provider} }\nclasses: ${classes}\n`, { env: {} })
}

it('a class may hedge, with a share of its own or the usual one, and one that extends it may not', () => {
  const first = 'models: [acme/large]'
  const result = read(
    `{ a: { ${first}, hedge: { after: p95 } }, b: { ${first}, hedge: { after: 2s, share: 0.2 } }, c: { extends: a }, d: { extends: a, hedge: { after: never } } }`,
  )
  const classes = result.ok ? result.configuration.directory.classes : expect.fail()
  expect(classes.a?.hedge).toEqual({ after: 'p95', share: 0.05 })
  expect(classes.b?.hedge).toEqual({ after: 2_000, share: 0.2 })
  expect(classes.c?.hedge).toEqual(classes.a?.hedge)
  expect(classes.d).not.toHaveProperty('hedge')
})

it('waits no longer than an attempt may take', () => {
  const result = read('{ a: { models: [acme/large], hedge: { after: 1000h } } }')
  const classes = result.ok ? result.configuration.directory.classes : expect.fail()
  expect(classes.a?.hedge?.after).toBe(59 * 60_000)
})

it.each([
  ['{ after: p99 }', 'p95, never, or a duration such as 300ms, 20s, 5m or 1h'],
  ['{ after: 1s, share: 2 }', 'a share of the calls above 0 and up to 1'],
  ['true', 'a mapping of after, share'],
])('hedge: %s is a problem that says what is allowed', (hedge, allowed) => {
  const result = read(`{ a: { models: [acme/large], hedge: ${hedge} } }`)
  expect(result.ok ? [] : result.problems.map(problem => problem.allowed)).toEqual([allowed])
})
