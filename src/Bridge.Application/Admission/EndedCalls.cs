using System.Globalization;

namespace Bridge.Application.Admission;

/// <summary>
/// The calls of the last day that are over. Twilio's signature has no time in it, so a request that was overheard stays valid for
/// ever; a call does not. No Twilio call is longer than a day. Not thread-safe: it is used under the registry's lock.
/// </summary>
internal sealed class EndedCalls(TimeProvider time)
{
    /// <summary>48 bytes each; what is over it is forgotten, the oldest first.</summary>
    private const int Most = 1_000_000;

    private static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private readonly HashSet<UInt128> _calls = [];
    private readonly Queue<(UInt128 Call, long At)> _order = new();

    /// <summary>Is this call over?</summary>
    public bool Contains(string callSid) => _calls.Contains(Key(callSid));

    /// <summary>This call is over.</summary>
    public void Add(string callSid)
    {
        while (_order.TryPeek(out var oldest) && (_order.Count >= Most || time.GetElapsedTime(oldest.At) >= Life))
            _calls.Remove(_order.Dequeue().Call);
        var key = Key(callSid);
        if (_calls.Add(key))
            _order.Enqueue((key, time.GetTimestamp()));
    }

    /// <summary>The digits of <c>CA…</c> as what they are.</summary>
    private static UInt128 Key(string callSid) => UInt128.Parse(callSid.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
