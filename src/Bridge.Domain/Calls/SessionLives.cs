namespace Bridge.Domain.Calls;

/// <summary>
/// How many sessions a call has lost soon after they were opened. A model that accepts and closes at once would be dialled for
/// ever: a handshake that succeeds defeats every back-off.
/// </summary>
public sealed class SessionLives
{
    /// <summary>A session that lived shorter than this is a quick failure.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromSeconds(5);

    private const int MostInARow = 3;
    private int _quick;

    /// <summary>A session was lost after a life of so long. Is another worth trying?</summary>
    public bool Lost(TimeSpan life)
    {
        _quick = life < Quick ? _quick + 1 : 0;
        return _quick < MostInARow;
    }
}
