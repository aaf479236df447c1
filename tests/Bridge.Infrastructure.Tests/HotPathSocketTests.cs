namespace Bridge.Infrastructure.Tests;

/// <summary>
/// A whole call over our WebSockets on both sides, with both directions at once and marks that come back: what a
/// frame leaves behind. Reads wait for each frame, as they do on a network, so the waiting is counted, too.
/// </summary>
public sealed class HotPathSocketTests
{
    private readonly HotPathCall _call = new();
    private readonly byte[] _frame = new byte[1024];
    private readonly byte[] _mark = new byte[256];
    private readonly InlineStream _twilio;
    private readonly InlineStream _model;
    private int _markLength;
    private int _marks;
    private int _media;
    private int _appends;
    private int _round;

    public HotPathSocketTests() => (_twilio, _model) = (new InlineStream(TwilioGets), new InlineStream(ModelGets));

    [TearDown]
    public async Task EndAsync() => await _call.DisposeAsync();

    [Test]
    public async Task Ten_thousand_frames_each_way_and_their_marks_leave_nothing_behind()
    {
        Assume.That(HotPathCall.IsOptimised, "a debug build makes an object of every async method's state");
        // As in a server: with NUnit's context, what follows a read would run elsewhere.
        SynchronizationContext.SetSynchronizationContext(null);
        Give(_twilio, HotPathCall.Start);
        var run = _call.RunAsync(_twilio, _model);
        Assert.That(_appends, Is.EqualTo(1), "the greeting is asked for");

        var delta = Wire.Bytes(HotPathCall.Delta);
        for (var i = 0; i < HotPathCall.WarmUp; i++)
            OneRound(delta);
        var (appends, media, marks) = (_appends, _media, _marks);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < HotPathCall.Frames; i++)
            OneRound(delta);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Multiple(() =>
        {
            Assert.That(_appends - appends, Is.EqualTo(HotPathCall.Frames), "each frame of the caller went to the model, before the next one came");
            Assert.That(_media - media, Is.EqualTo(HotPathCall.Frames), "each delta went to the caller");
            Assert.That(_marks - marks, Is.EqualTo(HotPathCall.Frames * HotPathCall.FrameMs / 1_000), "a mark for each second went out and came back");
            Assert.That(allocated, Is.Zero);
        });
        Give(_twilio, $$"""{"event":"stop","streamSid":"{{Wire.StreamSid}}"}""");
        Close(_twilio, fromClient: true);
        Close(_model, fromClient: false);
        await run.WaitAsync(SocketPair.Patience);
    }

    /// <summary>Twenty milliseconds of a call in which both sides speak; a mark of the round before was passed and comes back.</summary>
    private void OneRound(Memory<byte> delta)
    {
        _call.Time.Step(TimeSpan.FromMilliseconds(HotPathCall.FrameMs));
        if (_markLength > 0)
        {
            var mark = RawFrame.Write(_frame, RawFrame.Text, _mark.AsSpan(0, _markLength), fromClient: true);
            _markLength = 0;
            _twilio.Give(_frame.AsSpan(0, mark));
        }

        var said = _call.CallerFrame(++_round * HotPathCall.FrameMs);
        _twilio.Give(_frame.AsSpan(0, RawFrame.Write(_frame, RawFrame.Text, said, fromClient: true)));
        _model.Give(_frame.AsSpan(0, RawFrame.Write(_frame, RawFrame.Text, delta.Span, fromClient: false)));
    }

    private void TwilioGets(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty)
        {
            var message = RawFrame.Take(ref written, out var kind);
            if (kind != RawFrame.Text)
                continue;
            if (!message.StartsWith("""{"event":"mark","""u8))
            {
                _media++;
                continue;
            }

            // What comes back has the shape of what was sent.
            message.CopyTo(_mark);
            _markLength = message.Length;
            _marks++;
        }
    }

    private void ModelGets(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty)
        {
            RawFrame.Take(ref written, out var kind);
            _appends += kind == RawFrame.Text ? 1 : 0;
        }
    }

    private static void Give(InlineStream stream, string message)
    {
        var frame = new byte[2048];
        stream.Give(frame.AsSpan(0, RawFrame.Write(frame, RawFrame.Text, Wire.Bytes(message).Span, fromClient: true)));
    }

    private static void Close(InlineStream stream, bool fromClient)
    {
        var frame = new byte[16];
        stream.Give(frame.AsSpan(0, RawFrame.Write(frame, RawFrame.Close, [0x03, 0xE8], fromClient)));
    }
}
