namespace Bridge.Api.Doctor;

/// <summary>Did you mean …?</summary>
internal static class Likeness
{
    /// <summary>The name that was probably meant: two slips at the most, one in a short name; null when there is none.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var (nearest, slips) = known.Select(k => (Name: k, Slips: Slips(name.ToUpperInvariant(), k))).MinBy(k => k.Slips);
        return nearest is not null && slips <= (nearest.Length < 8 ? 1 : nearest.Length < 16 ? 2 : 3) ? nearest : null;
    }

    /// <summary>How many letters are missing, too many, another, or swapped with their neighbour (optimal string alignment).</summary>
    public static int Slips(string one, string other)
    {
        var table = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= other.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= other.Length; j++)
            {
                var same = one[i - 1] == other[j - 1];
                var least = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (same ? 0 : 1));
                var swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                table[i, j] = swapped ? Math.Min(least, table[i - 2, j - 2] + 1) : least;
            }
        }

        return table[one.Length, other.Length];
    }
}
