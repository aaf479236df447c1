using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.Realtime.OpenAI;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Infrastructure.Tests;

/// <summary>50 frames a second and way, for every call: what they leave behind, the collector stops all calls to sweep up.</summary>
public sealed class HotPathAllocationTests
{
    private const int Frames = 10_000;

    private readonly byte[] _received = new byte[4096];
    private readonly byte[] _sent = new byte[4096];
    private readonly TwilioMessageWriter _twilio = new(Wire.StreamSid);
    private readonly OpenAIEventReader _model = new();
    private int _commands;

    [Test]
    public void Ten_thousand_frames_of_the_caller_make_no_garbage()
    {
        var frame = Wire.Bytes(
            $$"""{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"102","payload":"{{Convert.ToBase64String(new byte[160])}}"},"streamSid":"{{Wire.StreamSid}}"}""");

        Assert.That(Garbage(() => CallerFrame(frame.Span)), Is.Zero);
    }

    [Test]
    public void Ten_thousand_frames_whose_base64_is_escaped_make_no_garbage()
    {
        var payload = string.Concat(Enumerable.Repeat("\\/\\u002B\\/\\/", 40));
        var frame = Wire.Bytes($$$"""{"event":"media","media":{"track":"inbound","timestamp":102,"payload":"{{{payload}}}"}}""");

        Assert.That(Garbage(() => CallerFrame(frame.Span)), Is.Zero);
    }

    [Test]
    public void Ten_thousand_deltas_of_the_model_and_their_marks_make_no_garbage()
    {
        var delta = Wire.Bytes(
            $$"""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0,"delta":"{{Convert.ToBase64String(new byte[1600])}}"}""");

        Assert.That(Garbage(() => ModelDelta(delta.Span)), Is.Zero);
    }

    // Half of a turn's events, and the larger ones.
    [TestCase("""{"type":"conversation.item.done","event_id":"event_1","previous_item_id":null,"item":{"id":"item_1","type":"message","role":"assistant","content":[{"type":"output_audio","transcript":"Good day."}]}}""")]
    [TestCase("""{"type":"response.output_item.added","event_id":"event_1","response_id":"resp_1","output_index":0,"item":{"id":"item_1","type":"message","status":"in_progress","role":"assistant","content":[]}}""")]
    [TestCase("""{"type":"response.content_part.added","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":0,"part":{"type":"audio","transcript":""}}""")]
    public void Ten_thousand_events_of_no_use_to_a_call_make_no_garbage(string text)
    {
        var received = Wire.Bytes(text);

        Assert.That(Garbage(() => Require(_model.Read(received).Kind == OpenAIEventKind.Ignored)), Is.Zero);
    }

    [Test]
    public void A_response_that_is_done_makes_less_garbage_than_its_length()
    {
        var words = string.Concat(Enumerable.Repeat("and so on ", 100));
        var done = Wire.Bytes(
            $$"""{"type":"response.done","response":{"id":"resp_1","status":"completed","output":[{"id":"item_1","type":"message","role":"assistant","content":[{"type":"output_audio","transcript":"{{words}}"}]}],"metadata":{"request":"1"} } }""");

        Assert.That(Garbage(() => Require(_model.Read(done).Event.Kind == RealtimeEventKind.ResponseFinished)) / Frames, Is.LessThan(words.Length));
    }

    private void CallerFrame(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(_received);
        var message = TwilioMessageReader.Read(_received.AsMemory(0, frame.Length));
        Require(message.Kind == TwilioMessageKind.Media && new OpenAICommandWriter.AppendAudio(++_commands, message.Audio).Write(_sent) > 100);
    }

    private void ModelDelta(ReadOnlySpan<byte> delta)
    {
        delta.CopyTo(_received);
        var message = _model.Read(_received.AsMemory(0, delta.Length));
        Require(message.Event.Kind == RealtimeEventKind.AudioDelta && _twilio.Media(message.Event.Audio).Write(_sent) > 2000);
        Require(_twilio.Mark(new Mark(1, 2)).Write(_sent) > 50 && _twilio.Clear().Write(_sent) > 50);
    }

    private static long Garbage(Action frame)
    {
        for (var i = 0; i < 100; i++)
            frame();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Frames; i++)
            frame();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("The frame was not carried.");
    }
}
