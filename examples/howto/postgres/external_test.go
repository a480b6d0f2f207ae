package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/supgen/supgen/runtime"
)

// What the client says of servers that are away, fail over, or have no room, is external; what a program does wrong is not.
func TestExternal(t *testing.T) {
	for _, err := range []error{
		driver.ErrBadConn, pgconn.ErrConnClosed,
		fmt.Errorf("failed to connect: %w", pgconn.ErrReadOnlyConnection), fmt.Errorf("failed to connect: %w", pgconn.ErrStandbyConnection), // of "target_session_attrs", in a failover
		code("08006"), code("25006"), code("40001"), code("53300"), code("57P01"), code("57P05"), code("58030"),
	} {
		if o := runtime.OutcomeOf(err); o != runtime.OutcomeExternal {
			t.Errorf("%v is %s", err, o)
		}
	}
	for _, err := range []error{
		sql.ErrConnDone, sql.ErrNoRows, sql.ErrTxDone, pgx.ErrTxClosed, pgx.ErrTxCommitRollback, context.Canceled,
		code("23505"), code("25P02"), code("25P03"), code("28P01"), code("42601"), code("58P01"),
	} {
		if o := runtime.OutcomeOf(err); o != runtime.OutcomeError {
			t.Errorf("%v is %s", err, o)
		}
	}
}

func code(code string) error { return &pgconn.PgError{Code: code} }
