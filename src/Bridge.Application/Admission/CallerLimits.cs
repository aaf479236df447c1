namespace Bridge.Application.Admission;

/// <summary>
/// Counts calls by number, at once and in the last hour, and set-ups in the last second. Not thread-safe: it is used under the
/// registry's lock.
/// </summary>
internal sealed class CallerLimits(AdmissionOptions options, TimeProvider time)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly Dictionary<CallerNumber, (int AtOnce, int InHour)> _numbers = [];
    private readonly Queue<(CallerNumber Number, long At)> _lastHour = new();
    private double _setups = options.MaxSetupsPerSecond;
    private long _setupsAt = time.GetTimestamp();

    /// <summary>Counts a new call, or says what forbids it: then nothing was counted.</summary>
    public TurnedAway? TryEnter(CallerNumber? number)
    {
        ForgetOld();
        var of = number is { } known ? _numbers.GetValueOrDefault(known) : default;
        if (number is not null && options.MaxCallsPerNumber > 0 && of.AtOnce >= options.MaxCallsPerNumber)
            return TurnedAway.NumberAtOnce;
        if (number is not null && options.MaxCallsPerNumberPerHour > 0 && of.InHour >= options.MaxCallsPerNumberPerHour)
            return TurnedAway.NumberPerHour;
        if (options.MaxSetupsPerSecond > 0 && !TakeSetup())
            return TurnedAway.SetupRate;
        if (number is { } counted)
        {
            _numbers[counted] = (of.AtOnce + 1, of.InHour + 1);
            _lastHour.Enqueue((counted, time.GetTimestamp()));
        }

        return null;
    }

    /// <summary>A call that had been let in goes on: it is counted as being on, and forbidden nothing.</summary>
    public void EnterAgain(CallerNumber? number)
    {
        if (number is { } known)
            Change(known, atOnce: 1, inHour: 0);
    }

    /// <summary>A call that was counted is over.</summary>
    public void Leave(CallerNumber? number)
    {
        if (number is { } known)
            Change(known, atOnce: -1, inHour: 0);
    }

    private bool TakeSetup()
    {
        var now = time.GetTimestamp();
        _setups = Math.Min(options.MaxSetupsPerSecond, _setups + (time.GetElapsedTime(_setupsAt, now).TotalSeconds * options.MaxSetupsPerSecond));
        _setupsAt = now;
        if (_setups < 1)
            return false;
        _setups--;
        return true;
    }

    private void ForgetOld()
    {
        while (_lastHour.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= Hour)
            Change(_lastHour.Dequeue().Number, atOnce: 0, inHour: -1);
    }

    private void Change(CallerNumber number, int atOnce, int inHour)
    {
        var of = _numbers.GetValueOrDefault(number);
        of = (Math.Max(0, of.AtOnce + atOnce), Math.Max(0, of.InHour + inHour));
        if (of == default)
            _numbers.Remove(number);
        else
            _numbers[number] = of;
    }
}
