// What one test did to a field, the next must not see.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
