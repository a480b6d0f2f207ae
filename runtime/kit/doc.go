// Package kit has children that most programs need: a server of HTTP, a pool of database connections, a client of something that may
// not answer, a value that is closed in the end, something that is done every so often, and configuration that is read again. Each is the
// body of a child's method:
//
//	func (a *App) DB(ctx context.Context, run ShopDBRun) error {
//		db, err := sql.Open("pgx", a.dsn)
//		if err != nil {
//			return runtime.FatalConfig(err)
//		}
//		return kit.SQL(ctx, run, db)
//	}
//
//	func (a *App) HTTP(ctx context.Context, run ShopHTTPRun, db *sql.DB) error {
//		return kit.HTTP(ctx, run, &http.Server{Addr: ":8080", Handler: a.routes(db)})
//	}
//
// What a function asks of the run is what the child has to declare, or the call does not compile. [HTTP] is for a child with
//
//	service HTTP needs DB {
//		ready explicit
//	}
//
// and [SQL] for one with
//
//	service DB {
//		provides *sql.DB
//		ready    explicit
//	}
//
// Where a child declares a heartbeat, each of them beats, twice in its interval.
//
// The modules below this package have what other projects have: a server of google.golang.org/grpc, services of suture, actors of
// oklog/run, and apps of fx.
package kit
