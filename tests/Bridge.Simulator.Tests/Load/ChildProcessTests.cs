using Bridge.Simulator.Load;

namespace Bridge.Simulator.Tests.Load;

/// <summary>This program as a process of its own: how it starts, what it has of the environment, how it ends.</summary>
internal sealed class ChildProcessTests
{
    private static readonly IReadOnlyDictionary<string, string?> None = new Dictionary<string, string?>();
    private static readonly Uri Nobody = new("ws://127.0.0.1:1/");

    [Test]
    [Platform("Linux")]
    public async Task It_runs_with_the_variables_it_was_given()
    {
        var variables = new Dictionary<string, string?> { ["DOTNET_gcServer"] = "0", ["DOTNET_TieredPGO"] = "1" };
        await using var child = await ChildProcess.StartAsync(RelayCommand.Arguments(Nobody, inline: true), variables, verbose: false, ModelClient.Limit());
        var environment = (await File.ReadAllTextAsync($"/proc/{child.Process.Id}/environ")).Split('\0');
        Assert.That(environment, Has.Member("DOTNET_gcServer=0").And.Member("DOTNET_TieredPGO=1"));
        Assert.That(child.Port, Is.InRange(1, 65535));
    }

    [Test]
    public async Task A_relay_ends_when_its_parent_is_gone()
    {
        await using var child = await ChildProcess.StartAsync(RelayCommand.Arguments(Nobody, inline: false), None, verbose: false, ModelClient.Limit());
        child.Process.StandardInput.Close();
        await child.Process.WaitForExitAsync(ModelClient.Limit());
        Assert.That(child.Process.ExitCode, Is.Zero);
        Assert.That(await child.ReadLineAsync(ModelClient.Limit()), Is.Null);
    }

    [Test]
    public async Task Disposing_it_ends_it_in_order()
    {
        var child = await ChildProcess.StartAsync(RelayCommand.Arguments(Nobody, inline: false), None, verbose: false, ModelClient.Limit());
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = child.Process;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => ended.TrySetResult(process.ExitCode);
        await child.DisposeAsync();
        Assert.That(await ended.Task.WaitAsync(ModelClient.Limit()), Is.Zero);
    }

    [Test]
    public void One_that_cannot_start_says_why() => Assert.That(
        async () => await ChildProcess.StartAsync(["relay"], None, verbose: false, ModelClient.Limit()),
        Throws.TypeOf<ChildFailedException>().With.Message.Contains("exit code 2").And.Message.Contains("relay needs --model"));

    [Test]
    public void One_that_says_something_else_first_is_refused() => Assert.That(
        async () => await ChildProcess.StartAsync(["faults", "--list", "--row", "A1"], None, verbose: false, ModelClient.Limit()),
        Throws.TypeOf<ChildFailedException>().With.Message.Contains("in place of 'listening PORT'"));

    [Test]
    public void Giving_it_up_ends_it()
    {
        using var given = new CancellationTokenSource();
        given.Cancel();
        Assert.That(
            async () => await ChildProcess.StartAsync(RelayCommand.Arguments(Nobody, inline: false), None, verbose: false, given.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }
}
