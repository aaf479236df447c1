using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Turns;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Tests;

/// <summary>The first response is asked for like any other, when there is a session to ask.</summary>
public sealed class GreetingTests
{
    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public void It_is_asked_for_once_with_its_prompt_and_no_made_up_turn()
    {
        _rig.Start();

        Assert.That(_rig.Model.Requests, Is.EqualTo(new[] { new ResponseRequest(1, "Say hello.") }));
        Assert.That(_rig.Log.From("model"), Is.EqualTo(new[] { "model create 1" }));
    }

    [Test]
    public async Task It_is_not_asked_for_before_the_session_is_open()
    {
        var opening = _rig.Mediator.HoldOpening();
        _rig.Start();
        await _rig.Twilio.FrameAsync(20);
        Assert.That(_rig.Model.Requests, Is.Empty);

        opening.SetResult(_rig.Model);
        await _rig.Model.SaysAsync(RealtimeEventKind.SpeechStopped);
        Assert.That(_rig.Model.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void It_is_logged_at_Information_without_its_words()
    {
        _rig.Start();

        Assert.That(_rig.Logger.Entries.Count(e => e.Level == LogLevel.Information && e.Text.Contains("Greeting asked for")), Is.EqualTo(1));
        Assert.That(_rig.Logger.Entries.Select(e => e.Text), Has.None.Contains("Say hello"));
    }

    [Test]
    public async Task A_session_that_cannot_be_opened_is_not_asked()
    {
        _rig.Mediator.Open = _ => Task.FromException<IRealtimeSession>(new RealtimeSessionException("no"));
        _rig.Start();

        await _rig.EndsOnceAsync(CallEndReason.ModelRefused, modelCloses: 0);
        Assert.That(_rig.Model.Requests, Is.Empty);
        Assert.That(_rig.Logger.Entries.Select(e => e.Text), Has.None.Contains("asked for"));
    }

    [Test]
    public async Task A_fault_while_it_is_asked_for_ends_this_call_alone_and_closes_the_session()
    {
        _rig.Model.CreateFault = new NotSupportedException("a fault of ours");
        _rig.Start();

        await _rig.EndsOnceAsync(CallEndReason.InternalError, modelCloses: 1);
    }
}
