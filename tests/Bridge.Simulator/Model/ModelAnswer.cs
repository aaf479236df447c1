namespace Bridge.Simulator.Model;

/// <summary>One audio item of an answer: µ-law and its words.</summary>
public sealed record AnswerItem(ReadOnlyMemory<byte> Audio, string Transcript)
{
    /// <summary>Generation of this item stands still for so long, in milliseconds …</summary>
    public int StallMs { get; init; }

    /// <summary>… once so much of it is out.</summary>
    public int StallAfterMs { get; init; }

    /// <summary>One of the recordings in <see cref="Speech"/>.</summary>
    public static AnswerItem Clip(string name) => new(Speech.Clip(name), Speech.Transcript(name));

    /// <summary>An artificial voice of a given length.</summary>
    public static AnswerItem Tone(int milliseconds) => new(Speech.Tone(milliseconds), $"A tone of {milliseconds} ms.");
}

/// <summary>
/// What a response consists of and how fast it is generated. <paramref name="Speed"/> is a multiple of real time, 0 for all at once;
/// <paramref name="DeltaMs"/> is the length of one delta, a multiple of 20 ms. No items: the response only calls a tool.
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

    /// <summary>A response without audio, as one that calls a function.</summary>
    public static ModelAnswer ToolOnly { get; } = new([]);

    public static ModelAnswer Clips(params IEnumerable<string> names) => new([.. names.Select(AnswerItem.Clip)]);

    public static ModelAnswer Tones(params IEnumerable<int> milliseconds) => new([.. milliseconds.Select(AnswerItem.Tone)]);
}
