using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>A stream that has the token of one call and says <c>start</c> for another, or says none, gets nothing: no model, no words, no call.</summary>
public sealed class OtherCallTests
{
    private readonly CallRig _rig = new(CallRig.Endless);

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [TestCase("CA11111111111111111111111111111111", TestNames.AccountSid)]
    [TestCase("CA0123456789ABCDEF0123456789ABCDEF", TestNames.AccountSid)]
    [TestCase(TestNames.CallSid, "AC11111111111111111111111111111111")]
    [TestCase(TestNames.CallSid, "")]
    public async Task Start_for_another_call_or_account_is_refused(string callSid, string accountSid)
    {
        Assert.That(CallIdentity.TryCreate(callSid, TestNames.StreamSid, out var identity), Is.True);
        _rig.Twilio.Handshake = _ => Task.FromResult(new MediaStreamStart(identity!, accountSid, new Dictionary<string, string>()));
        _rig.Start();

        await RefusedAsync(RefusalReason.OtherCall);
    }

    [Test]
    public async Task No_start_in_five_seconds_is_refused()
    {
        _rig.Twilio.Handshake = token => new TaskCompletionSource<MediaStreamStart>().Task.WaitAsync(token);
        _rig.Start();
        _rig.Time.Advance(TimeSpan.FromSeconds(5));

        await RefusedAsync(RefusalReason.NoStart);
    }

    [Test]
    public async Task Nothing_is_asked_of_the_model_while_start_is_awaited_and_all_of_it_afterwards()
    {
        var start = new TaskCompletionSource<MediaStreamStart>();
        _rig.Twilio.Handshake = _ => start.Task;
        _rig.Start();
        _rig.Time.Advance(TimeSpan.FromSeconds(4.999));
        Assert.That((_rig.Mediator.Requests.Count, _rig.Mediator.Published.Count, _rig.Log.Entries.Count), Is.EqualTo((0, 0, 0)));

        start.SetResult(new MediaStreamStart(TestNames.Identity, TestNames.AccountSid, new Dictionary<string, string>()));
        await _rig.Model.ReadyAsync();
        Assert.That(_rig.Mediator.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_stream_is_half_open_until_its_start()
    {
        _rig.Admission.MaxHalfOpen = 1;
        using var board = new Switchboard(_rig.Options, _rig.Admission, _rig.Time);
        var start = new TaskCompletionSource<MediaStreamStart>();
        _rig.Twilio.Handshake = _ => start.Task;
        _rig.Start(board.Enter());
        Assert.That(board.IsHalfOpenFull, Is.True);

        start.SetResult(new MediaStreamStart(TestNames.Identity, TestNames.AccountSid, new Dictionary<string, string>()));
        await _rig.Model.ReadyAsync();
        Assert.That((board.IsHalfOpenFull, board.Calls.Active), Is.EqualTo((false, 1)));
    }

    /// <summary>Closed as refused, counted, logged in one line; the caller, if there is one, hears an apology.</summary>
    private async Task RefusedAsync(RefusalReason reason)
    {
        await _rig.Run.WaitAsync(CallRig.Patience);
        Assert.That(_rig.Log.Entries, Is.EqualTo(new[] { "twilio refuse" }), "no model was dialled");
        Assert.That((_rig.Mediator.Requests.Count, _rig.Mediator.Published.Count, _rig.Registry.Active), Is.EqualTo((0, 0, 0)));
        Assert.That(_rig.Metrics.Measured, Is.EqualTo(new[] { $"bridge.refused 1 reason={reason}" }));
        Assert.That(_rig.RefusalLogger.Entries, Is.EqualTo(new[] { (LogLevel.Warning, $"Refused the stream of {TestNames.CallSid}: {reason}") }));
        Assert.That(_rig.Switchboard.Promise().Why, Is.EqualTo(TurnedAway.Ended), "it does not come back");

        var outcome = await _rig.Outcomes.TakeAsync(TestNames.CallSid, CancellationToken.None);
        Assert.That(outcome, Is.EqualTo(new CallOutcome(CallEndReason.ProtocolViolation, false, [], 1)).UsingPropertiesComparer());
    }
}
