namespace Bridge.Simulator;

/// <summary>G.711 A-law (ITU-T G.711, RFC 3551 PCMA), as recordings of European telephones have it.</summary>
public static class Pcma
{
    /// <summary>The 16 bit amplitude of one code.</summary>
    public static short Decode(byte code)
    {
        // Even bits are inverted on the line; the sign bit is set for positive amplitudes.
        var plain = code ^ 0x55;
        var exponent = (plain >> 4) & 7;
        var mantissa = ((plain & 0x0F) << 4) + 8;
        var magnitude = exponent == 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
        return (short)((plain & 0x80) != 0 ? magnitude : -magnitude);
    }
}
