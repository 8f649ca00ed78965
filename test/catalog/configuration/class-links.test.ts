import { describe, expect, it } from 'vitest'
import { problemsOf, readText, soundOf } from './reading.ts'

function read(classes: string) {
  const providers = `{ acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }`
  return readText(`providers: ${providers}\nclasses: ${classes}`)
}

const problems = (classes: string) => problemsOf(read(classes))

describe('onBudget', () => {
  it('names the class below, and is not inherited: the lower one may extend the higher', () => {
    const result = read('{ strong: { models: [acme/large], onBudget: cheap }, cheap: { extends: strong } }')
    expect(soundOf(result).directory.classes).toMatchObject({ strong: { onBudget: 'cheap' } })
    expect(soundOf(result).directory.classes.cheap).not.toHaveProperty('onBudget')
  })

  it('must not lead in a circle', () => {
    const circle = 'a: { models: [acme/large], onBudget: b }, b: { models: [acme/large], onBudget: c }'
    const told = problems(`{ ${circle}, c: { models: [acme/large], onBudget: b } }`)
    expect(told).toContain('classes.b.onBudget')
    expect(told).toContain('the classes step down to each other in a circle: b -> c -> b')
    expect(problems('{ a: { models: [acme/large], onBudget: a } }')).toContain('a -> a')
  })

  it('must name a class that is there', () => {
    expect(problems('{ strong: { models: [acme/large], onBudget: chep }, cheap: { models: [acme/large] } }')).toMatch(
      /classes\.strong\.onBudget.*no such class to step down to.*Did you mean "cheap"\?/,
    )
  })
})

describe('escalateTo', () => {
  it('names the class above, and is not inherited: the higher one may extend the lower', () => {
    const result = read('{ cheap: { models: [acme/large], escalateTo: strong }, strong: { extends: cheap } }')
    expect(soundOf(result).directory.classes).toMatchObject({ cheap: { escalateTo: 'strong' } })
    expect(soundOf(result).directory.classes.strong).not.toHaveProperty('escalateTo')
  })

  it('must not lead in a circle; down from where it leads up to is none', () => {
    const pair = (strong: string) =>
      `{ cheap: { models: [acme/large], escalateTo: strong }, strong: { models: [acme/large], ${strong} } }`
    expect(problems(pair('escalateTo: cheap'))).toContain(
      'the classes escalate to each other in a circle: cheap -> strong -> cheap',
    )
    expect(problems(pair('onBudget: cheap'))).toBe('')
  })
})
