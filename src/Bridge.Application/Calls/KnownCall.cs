using Bridge.Application.Admission;

namespace Bridge.Application.Calls;

/// <summary>Where a call stands that is not over.</summary>
internal enum KnownCallState
{
    Promised,
    On,
    Over,
}

/// <summary>A call that is promised, or on.</summary>
/// <param name="token">The token that its stream brings.</param>
/// <param name="number">Who is counted for it; null for a hidden number.</param>
/// <param name="promisedAt">When, on the monotonic clock.</param>
/// <param name="isResuming">It goes on in a stream after its first.</param>
/// <param name="isElsewhere">Its place is another instance's, or was not promised here: it is not counted as promised.</param>
internal sealed class KnownCall(StreamToken token, CallerNumber? number, long promisedAt, bool isResuming, bool isElsewhere)
{
    public StreamToken Token => token;

    public CallerNumber? Number => number;

    public long PromisedAt => promisedAt;

    public bool IsResuming => isResuming;

    public bool IsElsewhere => isElsewhere;

    public KnownCallState State { get; set; }
}
