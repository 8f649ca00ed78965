import { expect, it } from 'vitest'
import { FAULT_SCRIPT_KINDS } from '../../src/providers/simulated/fault-rule.ts'
import { faultRuleSchema } from '../../src/providers/simulated/fault-rules.ts'
import { readVendorScript, scriptSchema } from '../../src/providers/simulated/script.ts'
import { explainRoute } from '../../src/runtime/routes/explain-route.ts'
import { keysOf, quoted, readDocument, sectionOf, tablesIn, yamlIn } from '../support/document.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

const DOCUMENT = readDocument('vendors.md')

const vendor = scriptSchema.shape.vendors.element

/** What each section is about. */
const SECTIONS = {
  Vendors: vendor,
  Models: vendor.shape.models.valueType,
  Behaviours: vendor.shape.behaviours.unwrap().element,
  Faults: faultRuleSchema,
}

/** Of a vendor, with a section of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set(['models', 'behaviours', 'faults'])

const keysIn = (heading: string, table = 0) =>
  tablesIn(sectionOf(DOCUMENT, heading))
    [table]!.flatMap(([key]) => quoted(key!))
    .toSorted()

it.each(Object.entries(SECTIONS))(
  'docs/vendors.md has every key of "%s", each once, and no other',
  (heading, shape) => {
    expect(keysIn(heading)).toEqual(keysOf(shape, ELSEWHERE).toSorted())
  },
)

it('has every kind of fault', () => {
  expect(keysIn('Faults', 1)).toEqual([...FAULT_SCRIPT_KINDS].toSorted())
})

it('has scripts that are right, with faults among them', () => {
  // One stands beside a configuration; `test/workflows/vendors-document.test.ts` has it.
  const scripts = yamlIn(DOCUMENT)
    .filter(block => /^vendors:/m.test(block) && !block.startsWith('# rehearsal.yaml'))
    .map(readVendorScript)
  expect(scripts.map(({ vendors }) => vendors.map(({ name, faults }) => [name, faults.length]))).toEqual([
    [
      ['acme', 0],
      ['bolt', 0],
    ],
    [['acme', 4]],
  ])
})

it('has a configuration that serves what the README asks: tools of strong, an answer of a shape of cheap', () => {
  const text = yamlIn(DOCUMENT).find(block => /^providers:/m.test(block))!
  const configuration = soundConfiguration(text, {
    ACME_URL: 'http://127.0.0.1:1/v1',
    BOLT_URL: 'http://127.0.0.1:2/v1',
  })
  const both = ['acme:acme/large', 'bolt:bolt/large']
  for (const asked of [
    { taskClass: 'strong', tools: true },
    { taskClass: 'cheap', schema: true },
  ]) {
    const { candidates } = explainRoute(configuration, { promptTokens: 1_000, ...asked })
    expect(candidates.map(({ id }) => id).toSorted()).toEqual(both)
  }
})
