import { expect, it } from 'vitest'
import { outsideClass } from '../../../../src/core/routing/class/model-in-class.ts'
import { endpoint, taskClass } from '../plan-fixtures.ts'

const DIRECTORY = {
  endpoints: [endpoint('acme', 'm/one'), endpoint('bolt', 'm/one'), endpoint('acme', 'm/two')],
  classes: {
    listed: taskClass({ name: 'listed', models: ['m/one'] }),
    narrow: taskClass({ name: 'narrow', models: ['bolt:m/one'] }),
    open: taskClass({ name: 'open' }),
    auto: taskClass({ name: 'auto', rules: [{ use: 'listed' }] }),
  },
}

it.each([
  ['listed', 'm/one'],
  ['listed', 'acme:m/one'],
  ['narrow', 'm/one'],
  ['narrow', 'bolt:m/one'],
  ['open', 'm/two'],
  ['auto', 'm/one'],
  // Of these others tell that there are none.
  ['listed', 'm/three'],
  ['nobody', 'm/two'],
])('class %s may serve a run that is bound to %s, or nobody knows', (name, model) => {
  expect(outsideClass(DIRECTORY, name, model)).toBeUndefined()
})

it.each([
  ['listed', 'm/two', 'm/one'],
  ['narrow', 'acme:m/one', 'bolt:m/one'],
  ['auto', 'm/two', 'm/one'],
])('class %s cannot serve a run that is bound to %s, and says that it lists %s', (name, model, listed) => {
  expect(outsideClass(DIRECTORY, name, model)).toBe(
    `class ${name} does not list ${model}, so it could not serve the run; name one of ${listed}, or a class that lists it`,
  )
})
