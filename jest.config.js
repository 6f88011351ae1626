/** Jest runs the compiled JavaScript in dist/: the tests see exactly what users run. */
export default {
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: '<rootDir>/dist/test/support/environment.js',
  transform: {},
  testTimeout: 60_000,
  setupFilesAfterEnv: ['<rootDir>/dist/test/support/setup.js'],
};
