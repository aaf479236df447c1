namespace Bridge.Simulator.Model;

/// <summary>One audio item of an answer: µ-law and its words.</summary>
public sealed record AnswerItem(ReadOnlyMemory<byte> Audio, string Transcript)
{
    /// <summary>Generation of this item stands still for so long, in milliseconds …</summary>
    public int StallMs { get; init; }

    /// <summary>… once so much of it is out.</summary>
    public int StallAfterMs { get; init; }

    /// <summary>The item is written, not spoken: it has no audio at all.</summary>
    public bool IsText { get; init; }

    /// <summary>One of the recordings in <see cref="Speech"/>.</summary>
    public static AnswerItem Clip(string name) => new(Speech.Clip(name), Speech.Transcript(name));

    /// <summary>An artificial voice of a given length.</summary>
    public static AnswerItem Tone(int milliseconds) => new(Speech.Tone(milliseconds), $"A tone of {milliseconds} ms.");
}

/// <summary>
/// What a response consists of and how fast it is generated. <paramref name="Speed"/> is a multiple of real time, 0 for all at once;
/// <paramref name="DeltaMs"/> is the length of one delta, a multiple of 20 ms. No items: the response only calls a tool (but see <see cref="IsEmpty"/>).
/// </summary>
public sealed record ModelAnswer(IReadOnlyList<AnswerItem> Items, double Speed = 0, int DeltaMs = 200)
{
    /// <summary>
    /// Generation stands still once so much audio is out, until <see cref="FakeConversation.Continue"/> or a cancellation; null: never.
    /// At 0 the first item is announced, and none of its audio was sent.
    /// </summary>
    public int? HoldAfterMs { get; init; }

    /// <summary>
    /// <c>response.created</c> is not sent before <see cref="FakeConversation.Continue"/>: the response is taken, but speech or a cancel
    /// that comes meanwhile does not find it, and a second <c>response.create</c> is refused because of it.
    /// </summary>
    public bool HoldBeforeCreated { get; init; }

    /// <summary>How it ends. Unless it is completed, its last item is incomplete.</summary>
    public ResponseEnd End { get; init; } = ResponseEnd.Completed;

    /// <summary>Without items it does not call a tool either: nothing comes of it.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Faults that are armed when the response begins: they count its events.</summary>
    public IReadOnlyList<SessionFault> Faults { get; init; } = [];

    /// <summary>A response without audio, as one that calls a function.</summary>
    public static ModelAnswer ToolOnly { get; } = new([]);

    /// <summary>Success, and nothing said.</summary>
    public static ModelAnswer Empty { get; } = new([]) { IsEmpty = true };

    /// <summary>Success, and nothing to hear: the answer is in writing.</summary>
    public static ModelAnswer TextOnly(string words) => new([new AnswerItem(default, words) { IsText = true }]);

    /// <summary>Fails before anything was said.</summary>
    public static ModelAnswer Failed(string code, string type = "server_error") => Empty with { End = ResponseEnd.Failed(code, type) };

    /// <summary>Fails before anything was said, for want of tokens.</summary>
    public static ModelAnswer RateLimited(double resetSeconds) => Empty with { End = ResponseEnd.RateLimited(resetSeconds) };

    public static ModelAnswer Clips(params IEnumerable<string> names) => new([.. names.Select(AnswerItem.Clip)]);

    public static ModelAnswer Tones(params IEnumerable<int> milliseconds) => new([.. milliseconds.Select(AnswerItem.Tone)]);

    /// <summary>The same answer in writing.</summary>
    internal ModelAnswer Written() => this with { Items = [.. Items.Select(static item => item with { IsText = true })] };
}
