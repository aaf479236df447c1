using Bridge.Simulator.Load;

namespace Bridge.Simulator.Tests.Load;

/// <summary>What the shell may not hand on to a process that is measured.</summary>
internal sealed class RuntimeKnobsTests
{
    [TestCase("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS")]
    [TestCase("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT")]
    [TestCase("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit")]
    [TestCase("DOTNET_THREADPOOL_MINTHREADS")]
    [TestCase("DOTNET_gcServer")]
    [TestCase("DOTNET_GCHeapCount")]
    [TestCase("DOTNET_GCgen0size")]
    [TestCase("DOTNET_TieredPGO")]
    [TestCase("DOTNET_TieredCompilation")]
    [TestCase("DOTNET_TC_QuickJitForLoops")]
    [TestCase("DOTNET_ReadyToRun")]
    [TestCase("DOTNET_EnableAVX2")]
    [TestCase("DOTNET_PROCESSOR_COUNT")]
    [TestCase("COMPlus_gcServer")]
    public void What_makes_the_runtime_faster_or_slower_is_one(string name) => Assert.That(RuntimeKnobs.Contains(name), Is.True);

    [TestCase("DOTNET_ROOT")]
    [TestCase("DOTNET_HOST_PATH")]
    [TestCase("DOTNET_NOLOGO")]
    [TestCase("DOTNET_CLI_HOME")]
    [TestCase("DOTNET_EnableDiagnostics")]
    [TestCase("gcServer")]
    [TestCase("PATH")]
    public void What_finds_the_runtime_or_looks_into_it_is_none(string name) => Assert.That(RuntimeKnobs.Contains(name), Is.False);

    [Test]
    public void A_measured_process_has_the_settings_it_was_given_and_no_other()
    {
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = "/bin", ["DOTNET_ROOT"] = "/dotnet", ["DOTNET_gcServer"] = "1", ["DOTNET_TieredPGO"] = "0", ["OPENAI_API_KEY"] = "real", ["HOME"] = "/home",
        };
        ChildProcess.Clean(environment, new Dictionary<string, string?> { ["DOTNET_TieredPGO"] = "1", ["HOME"] = null });
        Assert.That(environment, Is.EquivalentTo(new Dictionary<string, string?> { ["PATH"] = "/bin", ["DOTNET_ROOT"] = "/dotnet", ["DOTNET_TieredPGO"] = "1" }));
    }
}
