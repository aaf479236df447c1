using System.Net.WebSockets;

namespace Bridge.Simulator.Tests;

/// <summary>The commands as processes: what they print at the end, and how they end when they are told to.</summary>
internal sealed class CommandTests
{
    [Test]
    [Platform(Exclude = "Win", Reason = "It has no SIGTERM.")]
    public async Task The_model_ends_in_order_when_it_is_told_to()
    {
        using var model = SimulatorProcess.Start("model", "--port", "0");
        await model.UntilAsync("A model listens at");
        await model.UntilAsync("OPENAI_REALTIME_URL");
        model.Terminate();
        Assert.That(await model.EndAsync(), Is.Zero);
        Assert.That(await model.Errors, Is.Empty);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "It has no SIGTERM.")]
    public async Task A_caller_who_is_told_to_stop_hangs_up_and_reports()
    {
        await using var bridge = await StandInBridge.StartAsync();
        using var caller = SimulatorProcess.Start("caller", "--url", bridge.Webhook.ToString());
        var stream = await bridge.StreamAsync();
        await caller.UntilAsync("rings");
        caller.Terminate();
        await stream.UntilAsync("stop");
        while (await stream.ReceiveTextAsync() is not null)
            continue;
        await stream.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.UntilAsync("Violations            0");
        Assert.That(await caller.EndAsync(), Is.EqualTo(143));
        Assert.That((await caller.Errors).Trim(), Is.EqualTo("Stopped."));
    }

    [Test]
    public async Task A_caller_whose_bridge_closes_says_so_in_a_sentence()
    {
        await using var bridge = await StandInBridge.StartAsync();
        using var caller = SimulatorProcess.Start("caller", "--url", bridge.Webhook.ToString());
        var stream = await bridge.StreamAsync();
        await stream.UntilAsync("start");
        await stream.CloseAsync(WebSocketCloseStatus.NormalClosure);
        Assert.That(await caller.UntilAsync("Ended"), Is.EqualTo("Ended                 by the bridge, status 1000, \"bye\""));
        Assert.That(await caller.EndAsync(), Is.EqualTo(1));
    }

    [TestCase(null, "TWILIO_AUTH_TOKEN")]
    [TestCase("a-token", "PUBLIC_BASE_URL")]
    public async Task A_caller_whom_the_bridge_does_not_believe_says_what_is_missing(string? token, string missing)
    {
        await using var bridge = await StandInBridge.StartAsync(refuseStream: 403);
        using var caller = SimulatorProcess.Start(["caller", "--url", bridge.Webhook.ToString(), .. token is null ? (string[])[] : ["--auth-token", token]]);
        Assert.That(await caller.EndAsync(), Is.EqualTo(1));
        Assert.That(await caller.Errors, Does.Contain("403").And.Contains(missing));
    }

    [Test]
    public async Task A_recording_that_cannot_be_read_is_a_mistake_of_the_command_line()
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid()}.wav");
        await File.WriteAllTextAsync(path, "not a wav file");
        using var caller = SimulatorProcess.Start("caller", "--url", "http://127.0.0.1:1/incoming-call", "--wav", path);
        var exitCode = await caller.EndAsync();
        File.Delete(path);
        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That((await caller.Errors).Trim(), Is.EqualTo($"The recording '{path}' cannot be read: This is not a WAV file."));
    }
}
