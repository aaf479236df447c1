using System.Net;
using Bridge.Api.Tests.Security;
using Bridge.Api.WarmUp;
using Bridge.Simulator;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Core;

namespace Bridge.Api.Tests.WarmUp;

/// <summary>When a service says that it is ready, and what a warm-up that goes wrong can do to it: nothing.</summary>
[CancelAfter(30_000)]
public sealed class WarmUpTests
{
    private readonly HttpClient _http = new();
    private readonly TaskCompletionSource<Uri> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [TearDown]
    public void Dispose() => _http.Dispose();

    [Test]
    public async Task Ready_is_said_when_the_warm_up_is_over_and_not_before(CancellationToken cancel)
    {
        var mayEnd = new TaskCompletionSource();
        LogRecord? log = null;
        var starting = BridgeHost.StartGuardedAsync(customize: builder => builder.Services.AddWarmUp(async (services, _) =>
        {
            log = services.GetServices<ILogEventSink>().OfType<LogRecord>().Single();
            _begun.SetResult(AddressOf(services));
            await mayEnd.Task;
        }));
        var address = await _begun.Task.WaitAsync(cancel);

        Assert.That(await StatusAsync(address, "/health/ready", cancel), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await StatusAsync(address, "/health/live", cancel), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(log!.Lines, Has.None.Contains("is ready"));
        mayEnd.SetResult();
        await using var bridge = await starting;
        Assert.That(await StatusAsync(address, "/health/ready", cancel), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(bridge.Logs.Lines, Has.Some.Contains("Warmed up").And.Some.Contains("is ready"));
    }

    [Test]
    public async Task A_call_that_comes_during_the_warm_up_is_answered(CancellationToken cancel)
    {
        var mayEnd = new TaskCompletionSource();
        var starting = BridgeHost.StartEchoAsync(customize: builder => builder.Services.AddWarmUp((services, _) =>
        {
            _begun.SetResult(AddressOf(services));
            return mayEnd.Task;
        }));
        var address = await _begun.Task.WaitAsync(cancel);

        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["CallSid"] = CallSid });
        using var answer = await _http.PostAsync(new Uri(address, "/incoming-call"), form, cancel);
        mayEnd.SetResult();
        await using var bridge = await starting;
        Assert.That(await answer.Content.ReadAsStringAsync(cancel), Does.Contain("<Stream"));
    }

    [Test]
    public async Task A_warm_up_that_fails_keeps_nothing_from_being_ready(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync(customize: builder => builder.Services.AddWarmUp((_, _) => throw new InvalidOperationException("Not today.")));

        Assert.That(await StatusAsync(bridge.Address, "/health/ready", cancel), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(bridge.Logs.Lines, Has.Exactly(1).Contains("Warning The warm-up failed").And.None.Contains("Warmed up"));
        Assert.That(await bridge.StatusAsync(bridge.Genuine(bridge.Form()), cancel), Is.EqualTo(200));
    }

    [Test]
    public async Task A_warm_up_that_hangs_is_given_up([Values] bool blocksItsThread, CancellationToken cancel)
    {
        var givenUp = new TaskCompletionSource();
        using var mayEnd = new ManualResetEventSlim();
        var clock = new ManualClock();
        var starting = BridgeHost.StartGuardedAsync(clock: clock, customize: builder => builder.Services.AddWarmUp((services, token) =>
        {
            token.Register(givenUp.SetResult);
            _begun.SetResult(AddressOf(services));
            if (blocksItsThread)
                mayEnd.Wait(CancellationToken.None);
            return new TaskCompletionSource().Task;
        }));
        await _begun.Task.WaitAsync(cancel);
        while (!starting.IsCompleted && !cancel.IsCancellationRequested)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        await using var bridge = await starting.WaitAsync(cancel);
        await givenUp.Task.WaitAsync(cancel);
        mayEnd.Set();
        Assert.That(await StatusAsync(bridge.Address, "/health/ready", cancel), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(bridge.Logs.Lines, Has.Exactly(1).Contains("Warning The warm-up failed"));
    }

    private const string CallSid = "CA0123456789abcdef0123456789abcdef";

    private static Uri AddressOf(IServiceProvider services) =>
        new(services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private async Task<HttpStatusCode> StatusAsync(Uri address, string path, CancellationToken cancel)
    {
        using var answer = await _http.GetAsync(new Uri(address, path), cancel);
        return answer.StatusCode;
    }
}
