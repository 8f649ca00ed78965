import type { TestSequencer, TestSpecification } from 'vitest/node'

/**
 * Files whose tests wait most come first, so that others run meanwhile: a lost worker is noticed after 20 s. In a clean clone
 * nothing is known of earlier runs, and a file of a minute could begin last.
 */
export default class WaitingFirst implements TestSequencer {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    return files.toSorted((a, b) => waits(b) - waits(a) || a.moduleId.localeCompare(b.moduleId))
  }
}

function waits({ moduleId, project }: TestSpecification): number {
  if (project.name !== 'temporal') return 0
  return moduleId.includes('/test/recovery/') ? 2 : 1
}
