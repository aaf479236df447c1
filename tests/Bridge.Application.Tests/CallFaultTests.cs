using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;

namespace Bridge.Application.Tests;

/// <summary>A fault of ours ends one call, in order, and no other.</summary>
public sealed class CallFaultTests
{
    private readonly CallRig _rig = new();

    [TearDown]
    public void TakeDown() => _rig.Dispose();

    [Test]
    public async Task A_fault_in_the_models_reader_ends_this_call_alone()
    {
        _rig.Start();
        _rig.Model.Ends(new NotSupportedException("a fault of ours"));

        await EndsAsync(CallEndReason.InternalError);
    }

    [Test]
    public async Task A_fault_in_Twilios_reader_ends_this_call_alone()
    {
        _rig.Start();
        _rig.Twilio.Ends(new NotSupportedException("a fault of ours"));

        await EndsAsync(CallEndReason.InternalError);
    }

    [Test]
    public async Task A_fault_while_audio_is_appended_ends_this_call_alone()
    {
        _rig.Model.AppendFault = new NotSupportedException("a fault of ours");
        _rig.Start();
        await _rig.Twilio.FrameAsync(20);

        await EndsAsync(CallEndReason.InternalError);
    }

    [Test]
    public async Task A_fault_while_audio_is_played_ends_this_call_alone()
    {
        _rig.Twilio.SendFault = new NotSupportedException("a fault of ours");
        _rig.Start();
        await _rig.Model.DeltaAsync("resp_1", "item_1", 20);

        await EndsAsync(CallEndReason.InternalError);
    }

    [Test]
    public async Task A_fault_while_the_session_is_opened_ends_this_call_alone()
    {
        _rig.Mediator.Open = _ => Task.FromException<IRealtimeSession>(new NotSupportedException("a fault of ours"));
        _rig.Start();

        await EndsAsync(CallEndReason.InternalError, modelCloses: 0);
    }

    [Test]
    public async Task A_mediator_that_throws_at_once_ends_this_call_alone()
    {
        _rig.Mediator.Open = _ => throw new NotSupportedException("a fault of ours");
        _rig.Start();

        await EndsAsync(CallEndReason.InternalError, modelCloses: 0);
    }

    [Test]
    public async Task A_fault_while_the_session_is_closed_changes_nothing_about_the_end()
    {
        _rig.Model.DisposeFault = new NotSupportedException("a fault of ours");
        _rig.Start();
        await _rig.Twilio.StopAsync();

        await EndsAsync(CallEndReason.CallerHungUp);
    }

    private Task EndsAsync(CallEndReason reason, int modelCloses = 1) => _rig.EndsOnceAsync(reason, modelCloses);
}
